import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The extension as it is installed on one machine: whoever sees this folder's leases, and nobody else. */
export interface Installation {
  /** Marks what this installation runs. */
  readonly id: string;
  /** For what concerns this machine only. */
  readonly folder: string;
}

/**
 * Kept in a file: the editor's own state would be that of the user's desktop, also for windows on other machines.
 * And in a folder for each machine, as several may share one home.
 */
export async function openInstallation(storageFolder: string): Promise<Installation> {
  const folder = await machineFolder(storageFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'installation-id');
  return { id: (await textOf(path)) ?? (await createId(folder, path)), folder };
}

/** The folder in a storage that several machines may share for what concerns this one only. */
export async function machineFolder(storageFolder: string): Promise<string> {
  return join(storageFolder, 'machines', await machineKey());
}

/** The first window decides, also where two start at once: a link is made whole or not at all. */
async function createId(folder: string, path: string): Promise<string> {
  const id = randomUUID();
  const draft = join(folder, `${id}.new`);
  await writeFile(draft, id);
  try {
    await link(draft, path);
    return id;
  } catch (error) {
    const known = await textOf(path);
    if (known === undefined) {
      throw error;
    }
    return known;
  } finally {
    await unlink(draft);
  }
}

/** Names change, and machines made from one image may have one id: together they tell machines apart well enough. */
async function machineKey(): Promise<string> {
  const parts = [hostname(), (await textOf('/etc/machine-id')) ?? ''];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}
