/**
 * The Docker Engine that tests and `npm start` use: one that answers already, else a private one of our own.
 *
 *   node scripts/run.mjs docker-engine start   prints DOCKER_HOST=…; a private engine then stays until stopped
 *   node scripts/run.mjs docker-engine stop    ends the private engine of this repository, never another
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from './clean-up.ts';
import { answeringDockerHost } from './docker/answering-host.ts';
import { PrivateDaemon } from './docker/private-daemon.ts';
import { ensureDebianPackages } from './setup/debian-packages.ts';

/**
 * `cleanUp` ends the engine if it is started for this process, and leaves any other alone.
 *
 * @returns where it is, in the form of the variable DOCKER_HOST
 * @throws an error that says how to get an engine, where none answers and none can be started
 */
export async function acquireDockerEngine(cleanUp: CleanUp): Promise<string> {
  const answering = await findOrInstall();
  if (answering !== undefined) {
    return answering;
  }
  const daemon = privateDaemon();
  cleanUp.add(() => daemon.stopIfOwnedBy(process.pid));
  await daemon.start(process.pid);
  return daemon.dockerHost;
}

/** An engine that answers, if there is one; where there is none, it makes sure that one can be started. */
async function findOrInstall(): Promise<string | undefined> {
  const answering = await answeringDockerHost();
  if (answering !== undefined) {
    return answering;
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'No Docker Engine answers. Start one, or name one that runs in the variable DOCKER_HOST. (A private one can be started by root on Linux only.)',
    );
  }
  await ensureDebianPackages('docker');
  // Where a service manager runs, the package has just started an engine.
  return answeringDockerHost();
}

function privateDaemon(): PrivateDaemon {
  return new PrivateDaemon(fileURLToPath(new URL('../.vscode-test/docker', import.meta.url)));
}

if (import.meta.main) {
  switch (process.argv[2]) {
    case 'start': {
      let dockerHost = await findOrInstall();
      if (dockerHost === undefined) {
        const daemon = privateDaemon();
        await daemon.start('kept');
        dockerHost = daemon.dockerHost;
      }
      console.log(`DOCKER_HOST=${dockerHost}`);
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
