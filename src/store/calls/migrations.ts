import type { DatabaseSync } from 'node:sqlite';

/** One step for each version of the schema. What was released is never changed, only added to. */
const steps: readonly string[] = [
  `
  CREATE TABLE calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL UNIQUE,
    route_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The window that runs it.
    owner TEXT,
    -- Times are milliseconds since the epoch.
    created_at REAL NOT NULL,
    started_at REAL,
    finished_at REAL,
    not_before REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0,
    -- Its window is asked to cancel it.
    marked INTEGER NOT NULL DEFAULT 0,
    earlier TEXT NOT NULL DEFAULT '[]',
    format TEXT,
    method TEXT,
    url TEXT,
    headers TEXT NOT NULL DEFAULT '[]',
    masked INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    timings TEXT,
    served_by TEXT,
    request_bytes REAL NOT NULL DEFAULT 0,
    response_bytes REAL NOT NULL DEFAULT 0,
    error TEXT,
    stderr TEXT NOT NULL DEFAULT '',
    wire_skipped INTEGER NOT NULL DEFAULT 0,
    -- In bytes, about.
    size INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX calls_of_route ON calls (route_id, state, seq);
  CREATE INDEX calls_in_state ON calls (state, seq);
  CREATE TABLE recordings (
    seq INTEGER PRIMARY KEY REFERENCES calls (seq) ON DELETE CASCADE,
    wire BLOB NOT NULL
  ) STRICT;
  `,
];

/** It was written by a later version of this program, which may have to find it as it left it. */
export class NewerSchema extends Error {}

/** Brings the schema up to date. @throws NewerSchema */
export function migrate(db: DatabaseSync): void {
  if (versionOf(db) === steps.length) {
    return;
  }
  db.exec('BEGIN IMMEDIATE');
  try {
    // Asked again: another window may have been faster.
    for (const step of steps.slice(versionOf(db))) {
      db.exec(step);
    }
    db.exec(`PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > steps.length) {
    throw new NewerSchema(`its version is ${version}, and this one knows ${steps.length}`);
  }
  return version;
}
