/** The worker that keeps the history of calls. An entry of its own in the bundle. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { StoreWorker } from './store-worker.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

// Node says with each start that SQLite is experimental. Nobody here can do anything about it.
process.removeAllListeners('warning');

const port = parentPort;
if (port === null) {
  throw new Error('This runs as a worker only.');
}
const post = (message: FromWorker): void => port.postMessage(message);
const start: WorkerStart = workerData;

// Imported only now: where Node has no SQLite, that is an answer.
const sqlite = await import('node:sqlite').catch(() => undefined);
const worker = sqlite && new StoreWorker({ ...start, Database: sqlite.DatabaseSync, post });
if (worker === undefined) {
  post({ kind: 'message', text: 'This editor has no SQLite: calls are not kept, and there are no asynchronous ones.' });
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'close') {
    worker?.close();
    port.close();
  } else if (worker !== undefined) {
    worker.take(message);
  } else if (message.kind === 'ask') {
    const error = { code: 'store-unavailable', message: 'This editor has no SQLite.' } as const;
    post({ kind: 'refused', id: message.id, error });
  } else if (message.kind === 'batch') {
    post({ kind: 'taken', bytes: message.bytes.length });
  }
});
