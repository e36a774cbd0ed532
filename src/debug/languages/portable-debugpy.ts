import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { promisify } from 'node:util';
import type { InjectedFile } from '../../core/engine.ts';

const run = promisify(execFile);
const limitMs = 10_000;
/** Of a debugpy with all that it brings along. */
const mostFiles = 2_000;

/** The folder below the injected one that becomes part of Python's path. */
export const librariesFolder = 'libraries';

const sayRoot = `import importlib.util, os
print(os.path.dirname(os.path.dirname(importlib.util.find_spec('debugpy').origin)))`;

/** A wheel has all in one folder; Debian has its parts beside each other, with what they share with others. */
const debianPart = /^(debugpy|bytecode|_?pydev\w*(\.py)?)$/;

/**
 * This machine's debugpy, for functions whose Python has none: the Python files of it, which need no compiled part and
 * so run in any image. From the extension for Python, else from a Python of this machine.
 */
export async function portableDebugpy(): Promise<readonly InjectedFile[]> {
  const found = (await inExtension()) ?? (await inMachine());
  if (found === undefined) {
    return [];
  }
  const names = (await Promise.all(found.parts.map((part) => pythonFiles(found.root, part)))).flat();
  return Promise.all(
    names.slice(0, mostFiles).map(async (name) => ({
      name: [librariesFolder, ...name.split(sep)].join('/'),
      bytes: await readFile(join(found.root, name)),
    })),
  );
}

interface Found {
  readonly root: string;
  /** Folders and files in it. */
  readonly parts: readonly string[];
}

async function inExtension(): Promise<Found | undefined> {
  const { VSCODE_EXTENSIONS } = process.env;
  const folders = ['.vscode', '.vscode-server', '.vscode-insiders', '.vscode-server-insiders', '.vscode-oss'].map(
    (name) => join(homedir(), name, 'extensions'),
  );
  for (const folder of [...(VSCODE_EXTENSIONS ? [VSCODE_EXTENSIONS] : []), ...folders]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => each.startsWith('ms-python.debugpy-')).reverse()) {
      const root = join(folder, name, 'bundled', 'libs');
      if ((await readdir(root).catch((): string[] => [])).includes('debugpy')) {
        return { root, parts: ['debugpy'] };
      }
    }
  }
  return undefined;
}

async function inMachine(): Promise<Found | undefined> {
  const { PATH = '' } = process.env;
  const names = process.platform === 'win32' ? ['python.exe'] : ['python3', 'python'];
  // The first Python may be one of a project, without what the system's has.
  const pythons = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  for (const python of pythons) {
    try {
      const { stdout } = await run(python, ['-c', sayRoot], { timeout: limitMs, windowsHide: true });
      const root = stdout.trim();
      const parts = (await readdir(root)).filter((name) => debianPart.test(name));
      return { root, parts: parts.includes('pydevd.py') ? parts : ['debugpy'] };
    } catch {
      // No such Python, or one without debugpy.
    }
  }
  return undefined;
}

async function pythonFiles(root: string, part: string): Promise<readonly string[]> {
  if (part.endsWith('.py')) {
    return [part];
  }
  const names = await readdir(join(root, part), { recursive: true });
  return names.filter((name) => name.endsWith('.py')).map((name) => join(part, name));
}
