/** `npm run soak`: load and faults on a real engine in their full size, and an engine that is paused and restarted. */
import { runWithEngine } from './docker/run-with-engine.ts';

await runWithEngine(
  ['--test', '--test-concurrency=1', 'test/docker/load.test.ts', 'test/soak/engine-restart.test.ts'],
  { HOT_FUNCTIONS_PROOF: 'full' },
);
