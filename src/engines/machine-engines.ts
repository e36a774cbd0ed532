import { randomUUID } from 'node:crypto';
import type { ContainerOwner } from './docker/create-body.ts';
import { groupRecordsFolder } from './orphans.ts';
import type { OwnWindow } from './own-window.ts';
import type { GroupRecord } from './process/group-record.ts';
import type { EngineFactories } from './select-engine.ts';

export interface MachineEnginesOptions {
  /** Undefined where it has no lease: nobody then takes what it runs for an orphan's. */
  readonly window: Promise<OwnWindow | undefined>;
  /** The user's setting; empty means unset. */
  dockerHost(): string;
  buildArgs(): Readonly<Record<string, string>>;
  /** Where the process engine keeps programs that it has built. */
  readonly storageFolder: string;
  onBuildLog(routeId: string, line: string): void;
  onRecordFailure(error: unknown): void;
}

/** The engines of this machine. Their code, the Docker client above all, is loaded when one is asked for. */
export function machineEngines(options: MachineEnginesOptions): EngineFactories {
  return {
    docker: async () => {
      const { connectDockerEngine } = await import('./docker/docker-engine.ts');
      const { localSources } = await import('./docker/local-sources.ts');
      const sources = localSources(options.dockerHost());
      const owner = ownerOf(await options.window);
      return connectDockerEngine(sources, { ...options, owner }, new AbortController().signal);
    },
    process: async () => {
      const { ProcessEngine } = await import('./process/process-engine.ts');
      const { env, platform, execPath } = process;
      const own = await ownFiles(await options.window, options.onRecordFailure);
      return new ProcessEngine({ env, platform, execPath, ...own, ...options });
    },
  };
}

function ownerOf(window: OwnWindow | undefined): ContainerOwner {
  return window === undefined
    ? { installation: randomUUID(), window: randomUUID() }
    : { installation: window.installation, window: window.id };
}

/** What the next window looks at when this one has ended without a chance to clean up. */
async function ownFiles(
  window: OwnWindow | undefined,
  onFailure: (error: unknown) => void,
): Promise<{ groups?: GroupRecord; injectedFolder?: string }> {
  if (window === undefined) {
    return {};
  }
  const [{ groupRecordOf, injectedFolderOf }, { processTable }] = await Promise.all([
    import('./process/orphans.ts'),
    import('./process/process-table.ts'),
  ]);
  const folder = groupRecordsFolder(window);
  const table = processTable(process.platform);
  return {
    injectedFolder: injectedFolderOf(folder, window.id),
    ...(table && { groups: groupRecordOf(folder, window.id, table, onFailure) }),
  };
}
