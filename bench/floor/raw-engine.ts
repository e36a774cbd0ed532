import { request } from 'node:http';
import type { Socket } from 'node:net';

/** The Engine API over a unix socket, as plainly as possible: no client library, no retries, no checks. */
export class RawEngine {
  readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  post(path: string, body?: unknown): Promise<string> {
    return this.#send('POST', path, body);
  }

  remove(id: string): Promise<string> {
    return this.#send('DELETE', `/containers/${id}?force=1`);
  }

  removeImage(name: string): Promise<string> {
    return this.#send('DELETE', `/images/${name}?force=1`);
  }

  async create(image: string, env: readonly string[]): Promise<string> {
    const created = await this.post('/containers/create', {
      Image: image,
      Env: env,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      HostConfig: { LogConfig: { Type: 'none' } },
    });
    return (JSON.parse(created) as { Id: string }).Id;
  }

  /** A hot container that runs, and its stdio. */
  async startHot(image: string): Promise<{ readonly id: string; readonly socket: Socket }> {
    const id = await this.create(image, ['FN_FORMAT=http']);
    const socket = await this.attach(id);
    await this.post(`/containers/${id}/start`);
    return { id, socket };
  }

  attach(id: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const upgrade = request({
        socketPath: this.socketPath,
        method: 'POST',
        path: `/containers/${id}/attach?stream=1&stdin=1&stdout=1`,
        headers: { Connection: 'Upgrade', Upgrade: 'tcp' },
      });
      upgrade.on('upgrade', (_response, socket) => resolve(socket as Socket));
      upgrade.on('error', reject);
      upgrade.end();
    });
  }

  #send(method: string, path: string, body?: unknown): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request({
        socketPath: this.socketPath,
        method,
        path,
        headers: { 'Content-Type': 'application/json' },
      });
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
