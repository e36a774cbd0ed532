import { createConnection, type Socket } from 'node:net';
import { HotFunctionsError } from '../../core/errors.ts';

/** Connects to a port of this machine's loopback. Throws `debugger-unreachable`. */
export function connectLocal(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Not by `connect`: VS Code has replaced it by one that may load certificates first.
    const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
    const refused = (cause: Error): void =>
      reject(new HotFunctionsError('debugger-unreachable', `Nobody listens on port ${port}.`, { cause }));
    socket.once('error', refused);
    socket.once('connect', () => {
      socket.off('error', refused);
      // A debugger that goes with its function resets what it has open; nobody listening must not make it a crash.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
