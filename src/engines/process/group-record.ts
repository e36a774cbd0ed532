import { fstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessTable } from './process-table.ts';

/** What is known of a process group, its session's first. */
export interface RecordedGroup {
  /** Its leader. Absent if the recording process ended while it started it. */
  readonly pid?: number;
  readonly started?: number;
  /** Pipes that were made for its stdio and that nobody else has. */
  readonly pipes: readonly string[];
}

export interface RecordedGroups {
  readonly bootId: string;
  readonly groups: readonly RecordedGroup[];
}

/** A group from before its start to its end. */
export interface GroupEntry {
  started(pid: number): void;
  ended(): void;
}

/**
 * The process groups that a window runs, in a file for whoever comes after a sudden end of it. Written at once, as
 * later may be too late; the file is replaced as a whole, and is gone while there are none. A failure is told once
 * and keeps no function from running.
 */
export class GroupRecord {
  readonly #path: string;
  readonly #table: ProcessTable;
  readonly #onFailure: (error: unknown) => void;
  readonly #groups = new Map<GroupEntry, RecordedGroup>();
  #hasFailed = false;

  constructor(path: string, table: ProcessTable, onFailure: (error: unknown) => void) {
    this.#path = path;
    this.#table = table;
    this.#onFailure = onFailure;
  }

  /** To be called before the start, with the descriptors that become its stdio where they are pipes. */
  expect(pipes: readonly number[]): GroupEntry {
    const entry: GroupEntry = {
      started: (pid) => this.#save(() => this.#groups.set(entry, { ...known, pid, started: this.#table.startOf(pid) })),
      ended: () => this.#save(() => this.#groups.delete(entry)),
    };
    const known: RecordedGroup = { pipes: pipes.map((descriptor) => `pipe:[${fstatSync(descriptor).ino}]`) };
    this.#save(() => this.#groups.set(entry, known));
    return entry;
  }

  #save(change: () => void): void {
    try {
      change();
      if (this.#groups.size === 0) {
        rmSync(this.#path, { force: true });
        return;
      }
      const record: RecordedGroups = { bootId: this.#table.bootId(), groups: [...this.#groups.values()] };
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#path}.new`, JSON.stringify(record));
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      if (!this.#hasFailed) {
        this.#hasFailed = true;
        this.#onFailure(error);
      }
    }
  }
}
