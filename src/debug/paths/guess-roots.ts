import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ContainerAccess, EngineKind, FunctionCommand } from '../../core/engine.ts';
import type { Route } from '../../core/route.ts';
import type { PathRoots } from '../languages/debug-language.ts';
import { readDockerfile, type Stage } from './read-dockerfile.ts';

export interface GuessedRoots extends PathRoots {
  /** What to say where nothing proved the guess. */
  readonly warning?: string;
}

export interface WhereItRuns {
  readonly engineKind: EngineKind;
  readonly found: FunctionCommand | undefined;
  readonly container: { readonly access: Pick<ContainerAccess, 'has'> };
}

const mostFilesAsked = 6;
const sourceFile = /\.([cm]?[jt]s|py|rb|php|java|kt|go)$|^(package\.json|requirements\.txt|Gemfile|composer\.json)$/;

/**
 * Where the function's folder lies in its container: the first of what its Dockerfile, its image and its command
 * suggest at which the container has one of the folder's own files. A Go program knows its sources by where it was
 * compiled, which is gone from the image, so there the Dockerfile has the last word.
 */
export async function guessRoots(route: Route, { engineKind, found, container }: WhereItRuns): Promise<GuessedRoots> {
  const folder = route.source?.folder;
  if (folder === undefined) {
    const remoteRoot = found?.workingFolder ?? '/';
    const warning = `${route.id} has no folder in the workspace: set "localRoot", and "remoteRoot" if it is not ${remoteRoot}.`;
    return { localRoot: remoteRoot, remoteRoot, warning };
  }
  if (engineKind === 'process') {
    // Processes see themselves without links.
    return { localRoot: folder, remoteRoot: await realpath(folder).catch(() => folder) };
  }
  const stages = readDockerfile(await textOf(join(folder, 'Dockerfile')));
  const compiled = await compiledRoots(folder, stages);
  if (compiled !== undefined) {
    return compiled;
  }
  const candidates = await candidatesOf(folder, stages.at(-1), found);
  for (const roots of candidates) {
    if (await isProven(roots, container.access)) {
      return roots;
    }
  }
  const [first = { localRoot: folder, remoteRoot: found?.workingFolder ?? '/' }] = candidates;
  const tried = [...new Set(candidates.map(({ remoteRoot }) => remoteRoot))].join(', ');
  return {
    ...first,
    warning: `Nothing of ${folder} was found in the container (at ${tried || first.remoteRoot}): set "remoteRoot".`,
  };
}

/** Where a build stage compiled it with Go; undefined if none does. */
async function compiledRoots(folder: string, stages: readonly Stage[]): Promise<PathRoots | undefined> {
  const stage = stages.find(({ runs }) => runs.some((run) => /\bgo (build|install)\b/.test(run)));
  if (stage === undefined) {
    return undefined;
  }
  if (stage.runs.some((run) => run.includes('-trimpath'))) {
    const [, name] = /^module\s+(\S+)/m.exec(await textOf(join(folder, 'go.mod'))) ?? [];
    return { localRoot: folder, remoteRoot: name ?? 'command-line-arguments' };
  }
  const [copied] = await copiedRoots(folder, stage);
  return copied ?? { localRoot: folder, remoteRoot: stage.workingFolder };
}

async function candidatesOf(
  folder: string,
  stage: Stage | undefined,
  found: FunctionCommand | undefined,
): Promise<readonly PathRoots[]> {
  const workingFolder = found?.workingFolder || stage?.workingFolder || '/';
  const scripts = (found?.argv ?? []).filter((word) => sourceFile.test(word));
  const scriptFolders = scripts.map((word) => posix.dirname(posix.resolve(workingFolder, word)));
  return [
    ...(stage === undefined ? [] : await copiedRoots(folder, stage)),
    ...[workingFolder, ...scriptFolders].map((remoteRoot) => ({ localRoot: folder, remoteRoot })),
  ];
}

/** What the stage copies, the folder as a whole first. */
async function copiedRoots(folder: string, { copies }: Stage): Promise<readonly PathRoots[]> {
  const roots: PathRoots[] = [];
  for (const { sources, target } of copies) {
    for (const source of sources) {
      const local = join(folder, source);
      const isFolder = await isDirectory(local);
      roots.push({
        localRoot: isFolder ? withoutSlash(local) : join(local, '..'),
        remoteRoot: isFolder || target.endsWith('/') ? withoutSlash(target) : posix.dirname(target),
      });
    }
  }
  const isWhole = ({ localRoot }: PathRoots): boolean => localRoot === folder;
  return [...roots.filter(isWhole), ...roots.filter((root) => !isWhole(root))];
}

async function isProven({ localRoot, remoteRoot }: PathRoots, access: Pick<ContainerAccess, 'has'>): Promise<boolean> {
  const names = (await readdir(localRoot).catch(() => [])).filter((name) => sourceFile.test(name));
  for (const name of names.slice(0, mostFilesAsked)) {
    if (await access.has(posix.join(remoteRoot, name))) {
      return true;
    }
  }
  return false;
}

function withoutSlash(path: string): string {
  return path.replace(/(.)[/\\]$/, '$1');
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
