/**
 * `npm run soak`: load and faults in their full size on real engines, an engine that is paused and restarted, and the
 * full number of calls in VS Code.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runWithEngine } from './docker/run-with-engine.ts';
import { CommandFailed, run } from './processes.ts';

const full = { HOT_FUNCTIONS_PROOF: 'full' };
const files = [
  'test/docker/load.test.ts',
  'test/docker/faults.test.ts',
  'test/processes/faults.test.ts',
  'test/gateway/dropped-connections.test.ts',
  'test/soak/engine-restart.test.ts',
];
await runWithEngine(['--test', '--test-concurrency=1', ...files], full);
try {
  const runner = fileURLToPath(new URL('run.mjs', import.meta.url));
  const env = { ...process.env, ...full, HOT_FUNCTIONS_TEST_GREP: 'Many calls' };
  await run(process.execPath, [runner, 'test', 'host'], { env });
} catch (error) {
  if (!(error instanceof CommandFailed)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
