import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../setup/process-alive.mjs';
import { answers } from './answering-host.ts';

/** The process whose end is the engine's end; or `kept`, until somebody says stop. */
type Owner = number | 'kept';

/** A dockerd of this repository with a socket, data, run-time state and pid file of its own. */
export class PrivateDaemon {
  readonly dockerHost: string;
  readonly #directory: string;
  /** Sockets live here: their paths are limited to 107 characters, which a folder in a repository may exceed. */
  readonly #runDirectory: string;
  readonly #pidFile: string;
  readonly #ownerFile: string;
  /** Of the daemon that was started here: it has not written its pid file yet when it is stopped at once. */
  #startedPid: number | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    const suffix = createHash('sha256').update(directory).digest('hex').slice(0, 8);
    this.#runDirectory = path.join(tmpdir(), `hot-functions-docker-${suffix}`);
    this.#pidFile = path.join(directory, 'docker.pid');
    this.#ownerFile = path.join(directory, 'owner');
    this.dockerHost = `unix://${path.join(this.#runDirectory, 'docker.sock')}`;
  }

  /** Also takes over the engine that a killed run has left behind. */
  async start(owner: Owner): Promise<void> {
    if (this.#pid() !== undefined && (await answers(this.dockerHost))) {
      const current = this.#owner();
      if (owner === 'kept' || (current !== 'kept' && !(current !== undefined && isAlive(current)))) {
        writeFileSync(this.#ownerFile, String(owner));
      }
      return;
    }
    await this.stop();
    mkdirSync(this.#directory, { recursive: true });
    this.#makeRunDirectory();
    writeFileSync(this.#ownerFile, String(owner));
    // Empty, so that the machine's own daemon.json is not read.
    const configFile = path.join(this.#directory, 'daemon.json');
    writeFileSync(configFile, '{}');
    const logFile = path.join(this.#directory, 'dockerd.log');
    const log = openSync(logFile, 'w');
    const child = spawn(
      'dockerd',
      [
        ['--host', this.dockerHost],
        ['--data-root', path.join(this.#directory, 'data')],
        ['--exec-root', path.join(this.#runDirectory, 'exec')],
        ['--pidfile', this.#pidFile],
        ['--shutdown-timeout', '3'],
        ['--config-file', configFile],
      ].flat(),
      {
        stdio: ['ignore', log, log],
        // A session of its own: Ctrl-C in the terminal must not end it before the containers in it.
        detached: true,
        env: { ...process.env, PATH: `${process.env['PATH']}:/usr/local/sbin:/usr/sbin:/sbin` },
      },
    );
    child.unref();
    this.#startedPid = child.pid;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        this.#startedPid = undefined;
        resolve();
      });
      child.once('error', () => resolve());
    });
    const deadline = Date.now() + 60_000;
    while (!(await answers(this.dockerHost))) {
      const hasEnded = await Promise.race([ended.then(() => true), delay(100, false)]);
      if (hasEnded || Date.now() > deadline) {
        await this.stop();
        const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
        throw new Error(`The private Docker Engine did not start (${logFile}):\n${tail}`);
      }
    }
  }

  async stopIfOwnedBy(owner: number): Promise<void> {
    if (this.#owner() === owner) {
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    const pid = this.#pid() ?? this.#startedPid;
    if (pid !== undefined && isAlive(pid)) {
      process.kill(pid, 'SIGTERM');
      const deadline = Date.now() + 30_000;
      while (isAlive(pid) && Date.now() < deadline) {
        await delay(50);
      }
      if (isAlive(pid)) {
        process.kill(pid, 'SIGKILL');
      }
    }
    rmSync(this.#ownerFile, { force: true });
    rmSync(this.#pidFile, { force: true });
    rmSync(this.#runDirectory, { recursive: true, force: true });
  }

  /** Of the running engine. A pid of the file that has meanwhile become another process's is not it. */
  #pid(): number | undefined {
    try {
      const pid = Number(readFileSync(this.#pidFile, 'utf8'));
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.#pidFile) ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  #owner(): Owner | undefined {
    try {
      const text = readFileSync(this.#ownerFile, 'utf8');
      return text === 'kept' ? text : Number(text);
    } catch {
      return undefined;
    }
  }

  /** Its name can be foreseen and /tmp is everybody's: nobody else may have made it. */
  #makeRunDirectory(): void {
    mkdirSync(this.#runDirectory, { recursive: true, mode: 0o700 });
    const made = lstatSync(this.#runDirectory);
    if (!made.isDirectory() || made.uid !== process.getuid?.()) {
      throw new Error(`${this.#runDirectory} belongs to somebody else. Remove it and try again.`);
    }
  }
}
