import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import dockerignore, { type Ignore } from '@balena/dockerignore';
import { HotFunctionsError } from '../../core/errors.ts';

/** The folder is not any more what was seen of it. What was read has to be read again. */
export class ContextChangedError extends Error {
  override readonly name = 'ContextChangedError';
}

interface EntryBase {
  /** Relative to the folder, with `/` on every platform. */
  readonly path: string;
}

export interface ContextFile extends EntryBase {
  readonly kind: 'file';
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly executable: boolean;
}

export type ContextEntry =
  | ContextFile
  | (EntryBase & { readonly kind: 'folder' })
  | (EntryBase & { readonly kind: 'link'; readonly target: string });

/** What is sent to the engine for a build, and a hash over all that can change its outcome. */
export interface BuildContext {
  readonly folder: string;
  readonly entries: readonly ContextEntry[];
  readonly hash: string;
}

const mebibyte = 1024 * 1024;
/** A file written this short a time ago can change again within the resolution of its time of change. */
const freshMs = 2_000;

interface HashedFile {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly hash: string;
}

/** Reads build contexts, and remembers the hashes of files: a folder that did not change costs only looking at it. */
export class BuildContexts {
  readonly #known = new Map<string, ReadonlyMap<string, HashedFile>>();
  readonly #limitBytes: number;

  constructor(limitBytes = 512 * mebibyte) {
    this.#limitBytes = limitBytes;
  }

  /** Symbolic links stay links: nothing outside of the folder is read. Throws `build-failed` for a context too large. */
  async read(folder: string, buildArgs: Readonly<Record<string, string>>, signal: AbortSignal): Promise<BuildContext> {
    try {
      return await this.#read(folder, buildArgs, signal);
    } catch (error) {
      throw signal.aborted || error instanceof HotFunctionsError ? error : readFailure(folder, error);
    }
  }

  async #read(folder: string, buildArgs: Readonly<Record<string, string>>, signal: AbortSignal): Promise<BuildContext> {
    const entries = await this.#walk(folder, signal);
    const known = this.#known.get(folder);
    const current = new Map<string, HashedFile>();
    const total = createHash('sha256');
    total.update(`${JSON.stringify(['context 1', Object.entries(buildArgs).sort(byName)])}\n`);
    for (const entry of entries) {
      signal.throwIfAborted();
      total.update(`${JSON.stringify(await this.#describe(folder, entry, known, current, signal))}\n`);
    }
    this.#known.set(folder, current);
    return { folder, entries, hash: total.digest('hex') };
  }

  async #describe(
    folder: string,
    entry: ContextEntry,
    known: ReadonlyMap<string, HashedFile> | undefined,
    current: Map<string, HashedFile>,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    switch (entry.kind) {
      case 'folder':
        return [entry.kind, entry.path];
      case 'link':
        return [entry.kind, entry.path, entry.target];
      case 'file': {
        const before = known?.get(entry.path);
        const same = before?.size === entry.size && before.mtimeMs === entry.mtimeMs && before.inode === entry.inode;
        const hash = same ? before.hash : await hashFile(join(folder, entry.path), signal);
        if (same || Date.now() - entry.mtimeMs > freshMs) {
          current.set(entry.path, { size: entry.size, mtimeMs: entry.mtimeMs, inode: entry.inode, hash });
        }
        return [entry.kind, entry.path, entry.executable, hash];
      }
      default:
        return entry satisfies never;
    }
  }

  async #walk(folder: string, signal: AbortSignal): Promise<ContextEntry[]> {
    const ignore = await readIgnoreFile(folder);
    const entries: ContextEntry[] = [];
    let bytes = 0;
    const visit = async (parent: string): Promise<void> => {
      signal.throwIfAborted();
      const names = await readdir(join(folder, parent), { withFileTypes: true });
      for (const found of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = parent === '' ? found.name : `${parent}/${found.name}`;
        const included = alwaysSent.has(path) || !ignore.rules.ignores(path);
        if (!included && !(found.isDirectory() && ignore.hasExceptions)) {
          continue;
        }
        if (found.isDirectory()) {
          if (included) {
            entries.push({ kind: 'folder', path });
          }
          await visit(path);
        } else if (found.isSymbolicLink()) {
          entries.push({ kind: 'link', path, target: await readlink(join(folder, path)) });
        } else if (found.isFile()) {
          const file = await lstat(join(folder, path));
          bytes += file.size;
          if (bytes > this.#limitBytes) {
            throw tooLarge(folder, path, this.#limitBytes);
          }
          entries.push({
            kind: 'file',
            path,
            size: file.size,
            mtimeMs: file.mtimeMs,
            inode: file.ino,
            executable: isExecutable(file.mode),
          });
        }
      }
    };
    await visit('');
    return entries;
  }
}

/** Windows knows no such bit; there the docker command marks every file so. */
function isExecutable(mode: number): boolean {
  return process.platform === 'win32' || (mode & 0o100) !== 0;
}

/** The builder needs both, whatever the patterns say. */
const alwaysSent: ReadonlySet<string> = new Set(['Dockerfile', '.dockerignore']);

async function readIgnoreFile(folder: string): Promise<{ rules: Ignore; hasExceptions: boolean }> {
  // A CommonJS module that names itself `default`, as its types say.
  const rules = dockerignore.default({ ignorecase: false });
  let text: string;
  try {
    text = await readFile(join(folder, '.dockerignore'), 'utf8');
  } catch {
    return { rules, hasExceptions: false };
  }
  return { rules: rules.add(text.replace(/^\uFEFF/, '')), hasExceptions: /^\s*!/m.test(text) };
}

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function readFailure(folder: string, error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error);
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'
    ? new ContextChangedError(words, { cause: error })
    : new HotFunctionsError('build-failed', `The build context of ${folder} cannot be read: ${words}.`, {
        hint: 'Make it readable, or list it in a .dockerignore file next to the Dockerfile.',
        cause: error,
      });
}

function tooLarge(folder: string, path: string, limitBytes: number): HotFunctionsError {
  return new HotFunctionsError(
    'build-failed',
    `The build context of ${folder} is larger than ${Math.round(limitBytes / mebibyte)} MiB, counted up to ${path}.`,
    { hint: 'List what the image does not need in a .dockerignore file next to the Dockerfile.' },
  );
}
