import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { engineUnderTest, workspaceUri } from './hot-functions.ts';

/** What the machine itself knows to be there for functions, whatever the extension says. */
export interface MachineHoldings {
  /** Names of containers in any state, or commands of processes that this one has started. */
  readonly running: readonly string[];
  readonly listeners: number;
}

export async function machineHoldings(): Promise<MachineHoldings> {
  const running = engineUnderTest() === 'docker' ? await containers() : children();
  const listeners = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  return { running: running.toSorted(), listeners };
}

/** All that are labelled as ours, as `docker ps -a` lists them. */
async function containers(): Promise<readonly string[]> {
  const socketPath = process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock';
  const filters = encodeURIComponent('{"label":["dev.hot-functions.installation"]}');
  const answer = await new Promise<string>((resolve, reject) => {
    request({ socketPath, path: `/containers/json?all=true&filters=${filters}` }, (response) => {
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });
  const found: readonly { readonly Names: readonly string[] }[] = JSON.parse(answer);
  return found.flatMap(({ Names }) => Names);
}

/** A function's first process is a child of whoever started it, in the function's folder; the editor's own are elsewhere. */
function children(): readonly string[] {
  const folder = workspaceUri().fsPath;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]) === process.pid)
    .filter((pid) => cwdOf(pid).startsWith(folder))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim());
}

/** Empty if the process has ended meanwhile. */
function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Empty if the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
