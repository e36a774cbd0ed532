import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { hostOptions, requireInModules } from '../../scripts/build/bundle.ts';

/** A server in a process of its own, so that what it leaves to be collected is collected at its own cost. */
export interface ServerProcess {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a script that tells its port, and ends when nobody listens to it any more. It is bundled as the extension is:
 * what Node needs to read TypeScript would be a third of the heap, and is not there where calls are served.
 *
 * @param folder for the bundle
 */
export async function startServer(script: string, start: unknown, folder: string): Promise<ServerProcess> {
  const bundle = join(folder, `${basename(script, '.ts')}.mjs`);
  await build({
    ...hostOptions,
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outfile: bundle,
    minify: true,
    banner: requireInModules,
  });
  const child = fork(bundle, [JSON.stringify(start)]);
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child, 'message').then(([told]) => Number(told)),
    ended.then(([code]) => Promise.reject(new Error(`${script} has ended with ${code}.`))),
  ]);
  return {
    port,
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
}
