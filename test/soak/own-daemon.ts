import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';

/**
 * A Docker Engine that a test may do anything to. In a network namespace of its own: an engine without a bridge removes
 * `docker0` when it starts, and another engine of this machine may be using that. Needs root.
 */
export class OwnDaemon {
  readonly dockerHost: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.dockerHost = `unix://${join(folder, 'docker.sock')}`;
  }

  static async start(): Promise<OwnDaemon> {
    const daemon = new OwnDaemon(await mkdtemp(join(tmpdir(), 'hot-functions-own-docker-')));
    await daemon.start();
    return daemon;
  }

  async start(): Promise<void> {
    const inFolder = (name: string): string => join(this.#folder, name);
    this.#process = spawn(
      'unshare',
      [
        ['--net', 'dockerd'],
        ['--host', this.dockerHost, '--data-root', inFolder('data'), '--exec-root', inFolder('exec')],
        ['--pidfile', inFolder('pid'), '--bridge', 'none', '--iptables=false', '--shutdown-timeout', '2'],
      ].flat(),
      { stdio: 'ignore', detached: true },
    );
    await until(() => this.#answers(), 'the engine to answer');
  }

  /** Keeps its connections and does nothing any more. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  continue(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running !== undefined) {
      running.kill('SIGTERM');
      await once(running, 'exit');
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #answers(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const ping = request({ socketPath: join(this.#folder, 'docker.sock'), path: '/_ping' });
    ping.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('error', () => resolve(false));
    ping.end();
    return promise;
  }
}
