import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InjectedFile } from '../../core/engine.ts';

/** Files of an altered start, in a folder that nobody else of this machine can look into. */
export class InjectedFiles {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async write(parent: string, files: readonly InjectedFile[]): Promise<InjectedFiles> {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const injected = new InjectedFiles(await mkdtemp(join(parent, 'start-')));
    try {
      for (const { name, bytes, executable } of files) {
        const path = join(injected.folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes, { mode: executable ? 0o700 : 0o600 });
      }
      return injected;
    } catch (error) {
      await injected.remove();
      throw error;
    }
  }

  /** Never rejects: what Windows still holds open goes with the rest of what its window leaves. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}
