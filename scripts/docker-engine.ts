/**
 * The Docker Engine that tests and `npm start` use: one that answers already, else a private one of our own.
 *
 *   node scripts/run.mjs docker-engine start   prints DOCKER_HOST=…; a private engine then stays until stopped
 *   node scripts/run.mjs docker-engine stop    ends the private engine of this repository, never another
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { answeringDockerHost } from './docker/answering-host.ts';
import { PrivateDaemon } from './docker/private-daemon.ts';
import { ensureDebianPackages } from './setup/debian-packages.ts';

export interface DockerEngine {
  /** In the form of the variable DOCKER_HOST. */
  readonly dockerHost: string;
  /** Ends the engine if it was started for this process; leaves any other alone. */
  stop(): Promise<void>;
}

/** @throws an error that says how to get an engine, where none answers and none can be started */
export async function acquireDockerEngine(options: { keep: boolean } = { keep: false }): Promise<DockerEngine> {
  const answering = await answeringDockerHost();
  if (answering !== undefined) {
    return { dockerHost: answering, stop: async () => {} };
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'No Docker Engine answers. Start one, or name one that runs in the variable DOCKER_HOST. (A private one can be started by root on Linux only.)',
    );
  }
  await ensureDebianPackages('docker');
  // Where a service manager runs, the package has just started an engine.
  const installed = await answeringDockerHost();
  if (installed !== undefined) {
    return { dockerHost: installed, stop: async () => {} };
  }
  const daemon = privateDaemon();
  await daemon.start(options.keep ? 'kept' : process.pid);
  return { dockerHost: daemon.dockerHost, stop: () => daemon.stopIfOwnedBy(process.pid) };
}

function privateDaemon(): PrivateDaemon {
  return new PrivateDaemon(fileURLToPath(new URL('../.vscode-test/docker', import.meta.url)));
}

if (import.meta.main) {
  switch (process.argv[2]) {
    case 'start': {
      const engine = await acquireDockerEngine({ keep: true });
      console.log(`DOCKER_HOST=${engine.dockerHost}`);
      break;
    }
    case 'stop':
      await privateDaemon().stop();
      break;
    default:
      console.error('Usage: node scripts/run.mjs docker-engine start|stop');
      process.exitCode = 2;
  }
}
