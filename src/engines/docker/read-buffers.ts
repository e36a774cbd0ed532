import type { Agent } from 'node:http';
import { Socket } from 'node:net';
import { deliver } from './deliver.ts';

const bufferBytes = 64 * 1024;

/**
 * Has each connection of an agent read into a buffer of its own. Otherwise Node takes 64 KiB for every read, however
 * little comes, and has most of it to give back: with the stream in between, a tenth of what a small answer costs.
 */
export function reuseReadBuffers(agent: Agent): void {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    let buffer = Buffer.allocUnsafeSlow(bufferBytes);
    const onRead = (length: number): boolean => {
      const isLarge = length > bufferBytes / 2;
      const bytes = isLarge ? buffer.subarray(0, length) : Buffer.from(buffer.subarray(0, length));
      if (isLarge) {
        buffer = Buffer.allocUnsafeSlow(bufferBytes);
      }
      return !(socket instanceof Socket) || deliver(socket, bytes);
    };
    const onread = { buffer: () => buffer, callback: onRead };
    const socket = createConnection({ ...options, ...{ onread } }, callback);
    return socket;
  };
}
