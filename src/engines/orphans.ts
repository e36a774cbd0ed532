import { join } from 'node:path';
import type { EngineKind } from '../core/engine.ts';
import { HotFunctionsError } from '../core/errors.ts';
import type { OwnWindow } from './own-window.ts';

export interface OrphansOptions {
  /** Undefined where this window has no lease: it cannot tell who is there, so it removes nothing. */
  readonly window: Promise<OwnWindow | undefined>;
  /** The user's setting; empty means unset. */
  dockerHost(): string;
  onRemoved(line: string): void;
  onFailure(line: string): void;
}

/** Where the process groups of each window are recorded, and what it has injected is kept. */
export function groupRecordsFolder(window: OwnWindow): string {
  return join(window.folder, 'process-groups');
}

/**
 * Removes what windows of this installation have left running when they ended without a chance to stop it. Never
 * rejects; cheap if there is nothing. `chosen` is the engine of this window, if it has one.
 */
export async function removeOrphans(chosen: EngineKind | undefined, options: OrphansOptions): Promise<void> {
  const window = await options.window;
  if (window === undefined) {
    return;
  }
  const attempt = async (what: string, remove: () => Promise<number>): Promise<void> => {
    try {
      const count = await remove();
      if (count > 0) {
        options.onRemoved(`Removed ${count} ${what}${count === 1 ? '' : 's'} left by a window that ended.`);
      }
    } catch (error) {
      const words = error instanceof HotFunctionsError ? error.message : String(error);
      options.onFailure(`Whether a window that ended has left a ${what} is not known: ${words}`);
    }
  };
  const live = async (): Promise<ReadonlySet<string>> => (await window.windows()).live;
  await attempt('process group', () => endProcessGroups(window, live));
  await attempt('container', async () => {
    const { ended } = await window.windows();
    // Who has chosen to do without Docker has it asked only if somebody may have left something there.
    if (chosen !== 'docker' && ended.size === 0) {
      return 0;
    }
    try {
      return await removeContainers(window, live, options.dockerHost());
    } finally {
      // Also where Docker did not answer: who uses it looks there for everything of this installation.
      await window.forget(ended);
    }
  });
}

async function endProcessGroups(window: OwnWindow, live: () => Promise<ReadonlySet<string>>): Promise<number> {
  const [{ endOrphanGroups }, { processTable }] = await Promise.all([
    import('./process/orphans.ts'),
    import('./process/process-table.ts'),
  ]);
  return endOrphanGroups(groupRecordsFolder(window), processTable(process.platform), live);
}

async function removeContainers(
  window: OwnWindow,
  live: () => Promise<ReadonlySet<string>>,
  dockerHost: string,
): Promise<number> {
  const [{ removeOrphanContainers }, { localSources }] = await Promise.all([
    import('./docker/orphans.ts'),
    import('./docker/local-sources.ts'),
  ]);
  return removeOrphanContainers(localSources(dockerHost), window.installation, live);
}
