/** `npm run soak`: load and faults on a real engine, in their full size. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { acquireDockerEngine } from './docker-engine.ts';
import { ensureDebianPackages } from './setup/debian-packages.ts';

await ensureDebianPackages('compilers');
const engine = await acquireDockerEngine();
try {
  const { status } = spawnSync(process.execPath, ['--test', 'test/docker/load.test.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, DOCKER_HOST: engine.dockerHost, HOT_FUNCTIONS_PROOF: 'full' },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  await engine.stop();
}
