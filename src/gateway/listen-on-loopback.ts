import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const attempts = 50;
const highestPort = 65_535;

export interface LoopbackListeners {
  readonly port: number;
  /** One for each family of addresses that this machine has. */
  readonly servers: readonly Server[];
}

/**
 * Listens on 127.0.0.1 and, where there is one, on ::1, at the wanted port or the next that is free on both: whoever
 * has the other half of `localhost` would get the half of the calls.
 */
export async function listenOnLoopback(makeServer: () => Server, wanted: number): Promise<LoopbackListeners> {
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const next = wanted + attempt;
    const server = makeServer();
    try {
      await listen(server, '127.0.0.1', wanted === 0 || next > highestPort ? 0 : next);
    } catch (error) {
      failure = error;
      if (isTaken(error)) {
        continue;
      }
      throw error;
    }
    const port = portOf(server);
    const second = makeServer();
    try {
      await listen(second, '::1', port);
      return { port, servers: [server, second] };
    } catch (error) {
      if (!isTaken(error)) {
        return { port, servers: [server] };
      }
      failure = error;
      await new Promise((resolve) => server.close(resolve));
    }
  }
  throw failure;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // Windows and some systems keep ranges of ports to themselves.
  return code === 'EADDRINUSE' || code === 'EACCES';
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
