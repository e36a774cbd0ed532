import type { ContainerOwner } from './docker/create-body.ts';
import type { EngineFactories } from './select-engine.ts';

export interface MachineEnginesOptions {
  readonly owner: ContainerOwner;
  /** The user's setting; empty means unset. */
  dockerHost(): string;
  buildArgs(): Readonly<Record<string, string>>;
  /** Where the process engine keeps programs that it has built. */
  readonly storageFolder: string;
  onBuildLog(routeId: string, line: string): void;
}

/** The engines of this machine. Their code, the Docker client above all, is loaded when one is asked for. */
export function machineEngines(options: MachineEnginesOptions): EngineFactories {
  return {
    docker: async () => {
      const { connectDockerEngine } = await import('./docker/docker-engine.ts');
      const { localSources } = await import('./docker/local-sources.ts');
      const sources = localSources(options.dockerHost());
      return connectDockerEngine(sources, options, new AbortController().signal);
    },
    process: async () => {
      const { ProcessEngine } = await import('./process/process-engine.ts');
      const { env, platform, execPath } = process;
      return new ProcessEngine({ env, platform, execPath, ...options });
    },
  };
}
