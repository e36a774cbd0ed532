import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { InjectedFile } from '../../core/engine.ts';

const run = promisify(execFile);
const limitMs = 10_000;

/** Path of this machine's Delve: on its path, or where `go install` puts it. */
export async function findDelve(): Promise<string | undefined> {
  const { PATH = '', GOBIN, GOPATH } = process.env;
  const goPaths = (GOPATH || join(homedir(), 'go')).split(delimiter).map((folder) => join(folder, 'bin'));
  const name = process.platform === 'win32' ? 'dlv.exe' : 'dlv';
  for (const folder of [...PATH.split(delimiter), GOBIN, ...goPaths]) {
    const path = join(folder || '.', name);
    if (folder && (await isExecutable(path))) {
      return path;
    }
  }
  return undefined;
}

export interface PortableDelve {
  readonly files: readonly InjectedFile[];
  readonly words: (folder: string) => readonly string[];
}

/** This machine's Delve with all that it is linked to, for containers on this machine's kind of Linux. */
export async function portableDelve(): Promise<PortableDelve | undefined> {
  const path = process.platform === 'linux' ? await findDelve() : undefined;
  if (path === undefined) {
    return undefined;
  }
  const { libraries, loader } = await linkedTo(path);
  const files = await Promise.all([
    injected('dlv', path),
    ...libraries.map((library) => injected(basename(library), library)),
    ...(loader === undefined ? [] : [injected('ld.so', loader)]),
  ]);
  // Whatever C library the image has, or none: the loader that is brought along finds those that are.
  const byLoader = (folder: string): readonly string[] => [`${folder}/ld.so`, '--library-path', folder];
  return { files, words: (folder) => [...(loader === undefined ? [] : byLoader(folder)), `${folder}/dlv`] };
}

interface Linked {
  readonly libraries: readonly string[];
  /** Absent for a static program. */
  readonly loader?: string;
}

async function linkedTo(program: string): Promise<Linked> {
  let listing: string;
  try {
    listing = (await run('ldd', [program], { timeout: limitMs })).stdout;
  } catch {
    // Not a dynamic program.
    return { libraries: [] };
  }
  const libraries = [...listing.matchAll(/=> (\/\S+) \(/g)].flatMap(([, path]) => path ?? []);
  const [, loader] = /^\s*(\/\S+) \(/m.exec(listing) ?? [];
  return { libraries, ...(loader === undefined ? {} : { loader }) };
}

async function injected(name: string, path: string): Promise<InjectedFile> {
  return { name, bytes: await readFile(path), executable: true };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
