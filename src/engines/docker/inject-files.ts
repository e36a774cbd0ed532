import { posix } from 'node:path';
import { pack as createPack, type Pack } from 'tar-stream';
import type { InjectedFile } from '../../core/engine.ts';
import { injectedFolder } from './altered-start.ts';
import { dial } from './dial.ts';
import type { EngineRequests } from './engine-requests.ts';

/** A debugger has some 20 MB, and the engine may be far away. */
const putLimitMs = 120_000;

/** Puts files into a container that has not started yet, for whatever user it runs as. */
export async function injectFiles(
  requests: EngineRequests,
  containerId: string,
  files: readonly InjectedFile[],
): Promise<void> {
  if (files.length === 0) {
    return;
  }
  const archive = packFiles(files);
  try {
    await requests.limited(putLimitMs, (abortSignal) =>
      dial(requests.docker, {
        path: `/containers/${containerId}/archive?`,
        method: 'PUT',
        options: { path: '/' },
        file: archive,
        abortSignal,
        statusCodes: {
          200: true,
          400: 'bad parameter',
          403: 'read-only',
          404: 'no such container',
          500: 'server error',
        },
      }),
    );
  } finally {
    archive.destroy();
  }
}

/** The files below `injectedFolder`, with each folder on the way, owned by root. */
export function packFiles(files: readonly InjectedFile[]): Pack {
  const pack = createPack();
  const paths = files.map(({ name }) => posix.join(injectedFolder, name).slice(1));
  for (const folder of new Set(paths.flatMap(foldersAbove))) {
    pack.entry({ name: `${folder}/`, type: 'directory', mode: 0o755 });
  }
  files.forEach(({ bytes, executable }, at) => {
    pack.entry({ name: paths[at] ?? '', mode: executable ? 0o755 : 0o644 }, Buffer.from(bytes));
  });
  pack.finalize();
  return pack;
}

/** Of `a/b/c`: `a`, then `a/b`. */
function foldersAbove(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? [] : [...foldersAbove(folder), folder];
}
