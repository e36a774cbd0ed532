import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { openInstallation } from './installation.ts';
import { isListening, listenAt } from './lease-socket.ts';
import { withinSocketLimit } from './short-path.ts';

export interface Windows {
  readonly live: ReadonlySet<string>;
  /** Those that ended without letting go of their lease. */
  readonly ended: ReadonlySet<string>;
}

const suffix = '.lease';
const draftSuffix = '.new';
const draftLimitMs = 60_000;

/**
 * Says that a window is there for as long as its process lives: a socket that it listens on, which the operating
 * system closes with it however it ends. A process that is merely paused keeps its lease. Ids are never used again.
 */
export class WindowLease {
  readonly id: string;
  readonly installation: string;
  /** For what concerns this installation on this machine only. */
  readonly folder: string;
  readonly #server: Server;

  private constructor(id: string, installation: string, folder: string, server: Server) {
    this.id = id;
    this.installation = installation;
    this.folder = folder;
    this.#server = server;
  }

  static async take(storageFolder: string): Promise<WindowLease> {
    const id = randomBytes(8).toString('hex');
    const { id: installation, folder } = await openInstallation(storageFolder);
    const leases = leasesFolder(folder);
    await mkdir(leases, { recursive: true, mode: 0o700 });
    const server = createServer((socket) => socket.destroy());
    // It must not keep a process alive by itself.
    server.unref();
    try {
      await hold(server, leases, id);
    } catch (error) {
      server.close();
      throw error;
    }
    return new WindowLease(id, installation, folder, server);
  }

  /** Who is there now. This window always is. */
  async windows(): Promise<Windows> {
    const leases = leasesFolder(this.folder);
    const ids = (await readdir(leases))
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
    const live = new Set([this.id]);
    const ended = new Set<string>();
    await withinSocketLimit(leases, this.id + suffix, (folderName) =>
      Promise.all(
        ids.map(async (id) => {
          const address = process.platform === 'win32' ? pipeOf(id) : join(folderName, id + suffix);
          (id === this.id || (await isListening(address)) ? live : ended).add(id);
        }),
      ),
    );
    return { live, ended };
  }

  /** Removes what ended windows have left of their leases, once nothing else of them is left. */
  async forget(ended: ReadonlySet<string>): Promise<void> {
    const leases = leasesFolder(this.folder);
    await Promise.all([...ended].map((id) => rm(join(leases, id + suffix), { force: true })));
    for (const name of await readdir(leases)) {
      const path = join(leases, name);
      if (name.endsWith(draftSuffix) && (await ageMs(path)) > draftLimitMs) {
        await rm(path, { force: true });
      }
    }
  }

  async release(): Promise<void> {
    await unlink(join(leasesFolder(this.folder), this.id + suffix)).catch(() => {});
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function hold(server: Server, leases: string, id: string): Promise<void> {
  if (process.platform === 'win32') {
    await listenAt(server, pipeOf(id));
    await writeFile(join(leases, id + suffix), '');
    return;
  }
  const draft = id + draftSuffix;
  await withinSocketLimit(leases, draft, (folder) => listenAt(server, join(folder, draft)));
  // Named as a lease only now: between its bind and its listen a socket refuses as if its process were dead.
  await rename(join(leases, draft), join(leases, id + suffix));
}

function leasesFolder(folder: string): string {
  return join(folder, 'windows');
}

function pipeOf(id: string): string {
  return `\\\\.\\pipe\\hot-functions-${id}`;
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}
