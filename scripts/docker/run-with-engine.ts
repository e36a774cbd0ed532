import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { acquireDockerEngine } from '../docker-engine.ts';
import { ensureDebianPackages } from '../setup/debian-packages.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs this Node with these arguments in the repository, with compilers and a Docker Engine at hand, to its end. */
export async function runWithEngine(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await ensureDebianPackages('compilers');
  const engine = await acquireDockerEngine();
  try {
    const { status } = spawnSync(process.execPath, nodeArguments, {
      cwd: repository,
      env: { ...process.env, ...env, DOCKER_HOST: engine.dockerHost },
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  } finally {
    await engine.stop();
  }
}
