import { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HotFunctionsError } from '../../core/errors.ts';

/** Path of the one target that a Node's inspector has. Rejects with `debugger-unreachable`. */
export async function inspectorTarget(connection: Duplex): Promise<string> {
  const targets: unknown = JSON.parse(await get(connection, '/json/list'));
  const [target]: unknown[] = Array.isArray(targets) ? targets : [];
  if (typeof target === 'object' && target !== null && 'webSocketDebuggerUrl' in target) {
    return new URL(String(target.webSocketDebuggerUrl)).pathname;
  }
  throw new HotFunctionsError('debugger-unreachable', 'What listens on the port of the inspector is none.');
}

async function get(connection: Duplex, path: string): Promise<string> {
  try {
    return await new Promise((resolve, reject) => {
      // The inspector answers to names of the loopback only.
      const options = { path, headers: { Host: 'localhost' }, createConnection: () => connection };
      // Not by `request`: VS Code has replaced it by one that looks for a proxy and makes its own connection.
      const sent = new ClientRequest(options, (response) => {
        text(response).then(resolve, reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  } catch (error) {
    throw new HotFunctionsError('debugger-unreachable', 'The inspector does not answer.', { cause: error });
  } finally {
    connection.destroy();
  }
}
