import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, so that what it leaves to be collected is collected at its own cost. */
export interface ServerProcess {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a script that tells its port, and ends when nobody listens to it any more. */
export async function startServer(script: string, start: unknown): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [JSON.stringify(start)]);
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
