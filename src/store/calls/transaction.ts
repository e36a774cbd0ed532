import type { DatabaseSync } from 'node:sqlite';

/** All of it or nothing, and nobody else's writes in between. */
export function transaction<T>(db: DatabaseSync, body: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) {
      db.exec('ROLLBACK');
    }
    throw error;
  }
}

/** What `body` commits is on the disk when it returns, whatever happens to the machine. */
export function durably<T>(db: DatabaseSync, body: () => T): T {
  db.exec('PRAGMA synchronous = FULL');
  try {
    return body();
  } finally {
    db.exec('PRAGMA synchronous = NORMAL');
  }
}
