import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CleanUp } from '../clean-up.ts';
import { acquireDockerEngine } from '../docker-engine.ts';
import { run } from '../processes.ts';
import { ensureDebianPackages } from '../setup/debian-packages.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs this Node with these arguments in the repository, with compilers and a Docker Engine at hand, to its end. */
export async function runWithEngine(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const cleanUp = new CleanUp();
  try {
    await ensureDebianPackages('compilers');
    const dockerHost = await acquireDockerEngine(cleanUp);
    await run(process.execPath, nodeArguments, {
      cwd: repository,
      env: { ...process.env, ...env, DOCKER_HOST: dockerHost },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await cleanUp.run();
  }
}
