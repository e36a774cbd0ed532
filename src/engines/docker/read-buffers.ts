import type { Agent } from 'node:http';
import { Socket } from 'node:net';
import { deliver } from './deliver.ts';

/** Most connections carry little, and there are two for each container; one that has carried much gets a large one. */
const bufferBytes = { small: 8 * 1024, large: 64 * 1024 };

/**
 * Has each connection of an agent read into a buffer of its own. Otherwise Node takes 64 KiB for every read, however
 * little comes, and has most of it to give back: with the stream in between, a tenth of what a small answer costs.
 */
export function reuseReadBuffers(agent: Agent): void {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    let buffer = Buffer.allocUnsafeSlow(bufferBytes.small);
    const take = (length: number): Buffer => {
      const view = buffer.subarray(0, length);
      if (length <= buffer.length / 2) {
        return Buffer.from(view);
      }
      // Given away as it is, which a copy would take longer than.
      buffer = Buffer.allocUnsafeSlow(length === buffer.length ? bufferBytes.large : buffer.length);
      return view;
    };
    const onread = {
      buffer: () => buffer,
      callback: (length: number): boolean => {
        const bytes = take(length);
        return !(socket instanceof Socket) || deliver(socket, bytes);
      },
    };
    const reading = { ...options, onread };
    const socket = createConnection(reading, callback);
    return socket;
  };
}
