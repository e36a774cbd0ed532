import { createConnection, type Server } from 'node:net';

const answerLimitMs = 2_000;

export function listenAt(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      // A connection that fails to be accepted is the matter of who has made it.
      server.on('error', () => {});
      resolve();
    });
  });
}

/** False only if it is certain that nobody listens there: silence or a full queue may be a paused process. */
export function isListening(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Not by `connect`: VS Code has replaced it by one that may load certificates first, for longer than the limit.
    const socket = createConnection(address);
    const say = (listening: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(listening);
    };
    const timer = setTimeout(() => say(true), answerLimitMs);
    socket.once('connect', () => say(true));
    socket.on('error', (error: NodeJS.ErrnoException) => say(!nobodyListens.has(error.code)));
  });
}

/** What is no socket at all was copied from elsewhere. */
const nobodyListens: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);
