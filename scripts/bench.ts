/** `npm run bench`: sets up what the figures need, then measures. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { acquireDockerEngine } from './docker-engine.ts';
import { ensureDebianPackages } from './setup/debian-packages.ts';

await ensureDebianPackages('compilers');
const engine = await acquireDockerEngine();
try {
  const bench = fileURLToPath(new URL('../bench/bench.ts', import.meta.url));
  const env = { ...process.env, DOCKER_HOST: engine.dockerHost };
  process.exitCode = spawnSync(process.execPath, [bench], { stdio: 'inherit', env }).status ?? 1;
} finally {
  await engine.stop();
}
