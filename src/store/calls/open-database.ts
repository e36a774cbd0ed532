import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { migrate, NewerSchema } from './migrations.ts';

const fileName = 'calls.db';
const asideName = 'calls-set-aside-';
/** As many of those are kept. */
const keptAside = 2;
const companions = ['', '-wal', '-shm'];
export const defaultLockWaitMs = 5000;

export interface OpenOptions {
  /** Made when it is not there; for nobody else's eyes. */
  readonly folder: string;
  readonly Database: typeof DatabaseSync;
  /** How long others may hold a lock, in milliseconds. */
  readonly lockWaitMs: number;
  /** The first line is for the user, the next one says what is to be found where. */
  readonly tell: (message: string) => void;
}

/** The database of a folder, with what tells it from another one that has taken its place. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly identity: number;
}

/**
 * Opens it, or begins a fresh one where it is damaged or another program keeps it locked. Whatever happens is told.
 *
 * @returns undefined where there is none to be had
 */
export function openDatabase(options: OpenOptions): OpenDatabase | undefined {
  const { folder, tell } = options;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const identity = identityOf(folder);
    try {
      return open(options);
    } catch (error) {
      if (!isUnusable(error)) {
        throw error;
      }
      setAside(options, identity, reasonOf(error));
      return open(options);
    }
  } catch (error) {
    tell(
      error instanceof NewerSchema
        ? `The history of calls is of a later version of Hot Functions (${error.message}). It is left alone: calls of this window are not kept.`
        : `The history of calls cannot be opened: ${reasonOf(error)}. Calls of this window are not kept.\nIts folder: ${folder}`,
    );
    return undefined;
  }
}

/** What the file is now, undefined if there is none. */
export function identityOf(folder: string): number | undefined {
  return statSync(join(folder, fileName), { throwIfNoEntry: false })?.ino;
}

/** Whether a new file helps: this one is no database, is damaged, or is locked by somebody who does not let go. */
function isUnusable(error: unknown): boolean {
  return isDamaged(error) || isLocked(error);
}

export function isDamaged(error: unknown): boolean {
  const code = primaryCode(error);
  return code === 11 || code === 26;
}

export function isLocked(error: unknown): boolean {
  const code = primaryCode(error);
  return code === 5 || code === 6;
}

/** Renames the file, unless another window has just done so. */
export function setAside({ folder, tell }: OpenOptions, identity: number | undefined, why: string): void {
  if (identityOf(folder) !== identity) {
    return;
  }
  const name = `${asideName}${new Date().toISOString().replaceAll(':', '-')}.db`;
  for (const companion of companions) {
    try {
      renameSync(join(folder, fileName + companion), join(folder, name + companion));
    } catch (error) {
      if (companion === '') {
        throw error;
      }
    }
  }
  tell(
    `The history of calls could not be used (${why}). It was set aside, and a new one begun.\nSet aside as ${join(folder, name)}`,
  );
  removeOldAside(folder);
}

function open({ folder, Database, lockWaitMs }: OpenOptions): OpenDatabase {
  const db = new Database(join(folder, fileName));
  try {
    db.exec(`PRAGMA busy_timeout = ${lockWaitMs}`);
    // Before anything is written: a file of a later version stays as it is.
    const { user_version: version } = db.prepare('PRAGMA user_version').get() ?? {};
    if (version === 0) {
      db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    } else {
      migrate(db);
    }
    useWal(db, lockWaitMs);
    db.exec('PRAGMA synchronous = NORMAL');
    migrate(db);
    const identity = identityOf(folder);
    if (identity === undefined) {
      throw new Error('it has just been removed');
    }
    return { db, identity };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Changing to it waits for no lock by itself. */
function useWal(db: DatabaseSync, lockWaitMs: number): void {
  const end = Date.now() + lockWaitMs;
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isLocked(error) || Date.now() > end) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function removeOldAside(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(asideName) && name.endsWith('.db'));
  for (const name of names.sort().slice(0, -keptAside)) {
    for (const companion of companions) {
      rmSync(join(folder, name + companion), { force: true });
    }
  }
}

function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
