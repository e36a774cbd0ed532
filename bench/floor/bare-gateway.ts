/**
 * A process that answers each request with what a hot function in a container makes of its body: Node's server, attached
 * sockets, and a line of those who wait for one. It knows beforehand all that is the same each time.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import process from 'node:process';
import { answerSize } from './bare-exchange.ts';
import { RawEngine } from './raw-engine.ts';

export interface BareGatewayStart {
  readonly engineSocket: string;
  readonly image: string;
  /** By the paths to call them at, how many containers. */
  readonly containers: Readonly<Record<string, number>>;
  /** What goes before the body. */
  readonly head: string;
  readonly bodyLength: number;
}

interface Pool {
  readonly free: Socket[];
  readonly waiting: ((socket: Socket) => void)[];
}

const { engineSocket, image, containers, head, bodyLength }: BareGatewayStart = JSON.parse(process.argv[2] ?? '');
const engine = new RawEngine(engineSocket);
const headBytes = Buffer.from(head);
const ids: string[] = [];
const pools = new Map<string, Pool>();
let answerBytes = 0;
for (const [path, count] of Object.entries(containers)) {
  const free: Socket[] = [];
  for (let container = 0; container < count; container += 1) {
    const { id, socket } = await engine.startHot(image);
    answerBytes = await answerSize(socket, socket, Buffer.concat([headBytes, Buffer.alloc(bodyLength)]));
    ids.push(id);
    free.push(socket);
  }
  pools.set(path, { free, waiting: [] });
}

const server = createServer((req, res) => {
  const chunks = [headBytes];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const pool = pools.get(req.url ?? '');
    const bytes = Buffer.concat(chunks);
    const socket = pool?.free.pop();
    if (pool === undefined) {
      res.writeHead(404);
      res.end();
    } else if (socket === undefined) {
      pool.waiting.push((next) => exchange(pool, next, bytes, res));
    } else {
      exchange(pool, socket, bytes, res);
    }
  });
});

function exchange(pool: Pool, socket: Socket, bytes: Buffer, res: ServerResponse): void {
  let received: Buffer | undefined;
  const onData = (chunk: Buffer): void => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk]);
    if (received.length >= answerBytes) {
      socket.off('data', onData);
      const next = pool.waiting.shift();
      if (next === undefined) {
        pool.free.push(socket);
      } else {
        next(socket);
      }
      res.writeHead(200, { 'Content-Length': bodyLength });
      res.end(received.subarray(-bodyLength));
    }
  };
  socket.on('data', onData);
  socket.write(bytes);
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
await once(process, 'disconnect');
server.close();
server.closeAllConnections();
await Promise.all(ids.map((id) => engine.remove(id)));
process.exit();
