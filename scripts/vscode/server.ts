import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { CleanUp } from '../clean-up.ts';
import { codeServerEntry } from '../setup/code-server.ts';
import { nodeBinary } from '../setup/nodes.mjs';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

export interface ServerOptions {
  readonly userDataDirectory: string;
  readonly extensionsDirectory: string;
  /** For what else the server writes, its log included. */
  readonly stateDirectory: string;
  /** Variables for the server and the extension hosts, added to our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a page run extension tests and hear their result. Suppresses notifications, so it is not for UI tests. */
  readonly smokeTestDriver?: boolean;
  /** Asks whether a folder is trusted, as a desktop VS Code does. Default: everything is. */
  readonly workspaceTrust?: boolean;
  /** Default: one that is free. */
  readonly port?: number;
}

/** A VS Code in a code-server of our own, on the loopback interface. */
export class CodeServer {
  readonly port: number;
  /** Settles when the process ends, for whatever reason. */
  readonly ended: Promise<void>;

  private constructor(port: number, ended: Promise<void>) {
    this.port = port;
    this.ended = ended;
  }

  /** It is stopped by `cleanUp` also when it does not come to listen. */
  static async start(options: ServerOptions, cleanUp: CleanUp): Promise<CodeServer> {
    const flags = options.smokeTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
    const child = spawn(
      nodeBinary('24'),
      [
        ...serverArguments(options),
        ...['--bind-addr', `127.0.0.1:${options.port ?? 0}`, '--auth', 'none', '--ignore-last-opened'],
        ...['--disable-telemetry', '--disable-update-check'],
        ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
        ...['--disable-getting-started-override', ...flags],
      ],
      // A group of its own, so that its extension hosts and whatever they have started can be ended with it.
      { env: serverEnvironment(options), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    cleanUp.add(() => stopGroup(child, ended));
    const log = createWriteStream(path.join(options.stateDirectory, 'server.log'));
    child.stderr.pipe(log, { end: false });
    child.stdout.pipe(log, { end: false });
    let output = '';
    const port = await Promise.race([
      new Promise<number>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          output += data;
          const listening = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
          if (listening !== null) {
            resolve(Number(listening[1]));
          }
        });
      }),
      ended.then(() => undefined),
      delay(START_TIMEOUT_MS, undefined, { ref: false }),
    ]);
    if (port === undefined) {
      throw new Error(`code-server did not start:\n${output}`);
    }
    return new CodeServer(port, ended);
  }

  /** The address of a window on a folder or a .code-workspace file; `payload` is for the workbench. */
  url(folder: string, payload: readonly (readonly [string, string])[] = []): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
    if (payload.length > 0) {
      url.searchParams.set('payload', JSON.stringify(payload));
    }
    return url.href;
  }
}

/** Asks the leader of a group to end, then ends whatever is left of the group. */
async function stopGroup(leader: ChildProcess, ended: Promise<void>): Promise<void> {
  leader.kill('SIGTERM');
  await Promise.race([ended, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  if (leader.pid !== undefined) {
    try {
      process.kill(-leader.pid, 'SIGKILL');
    } catch {
      // Nothing is left of the group.
    }
  }
}

export function installExtension(vsix: string, options: ServerOptions): void {
  execFileSync(nodeBinary('24'), [...serverArguments(options), '--install-extension', vsix], {
    env: serverEnvironment(options),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function serverArguments(options: ServerOptions): string[] {
  mkdirSync(options.stateDirectory, { recursive: true });
  // Without one it would read, or make, the user's.
  const config = path.join(options.stateDirectory, 'config.yaml');
  writeFileSync(config, '{}\n');
  return [
    ...[codeServerEntry, '--config', config],
    ...['--user-data-dir', options.userDataDirectory, '--extensions-dir', options.extensionsDirectory],
  ];
}

function serverEnvironment(options: ServerOptions): NodeJS.ProcessEnv {
  // In a terminal of VS Code, its own variables would lead this one astray.
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON|CODE_SERVER)_/.test(name));
  return {
    ...Object.fromEntries(own),
    XDG_DATA_HOME: options.stateDirectory,
    XDG_CONFIG_HOME: options.stateDirectory,
    // No marketplace: nothing is asked of the network.
    EXTENSIONS_GALLERY: '{}',
    ...options.env,
  };
}
