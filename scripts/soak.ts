/** `npm run soak`: load and faults on real engines in their full size, and an engine that is paused and restarted. */
import { runWithEngine } from './docker/run-with-engine.ts';

const files = [
  'test/docker/load.test.ts',
  'test/docker/faults.test.ts',
  'test/processes/faults.test.ts',
  'test/soak/engine-restart.test.ts',
];
await runWithEngine(['--test', '--test-concurrency=1', ...files], { HOT_FUNCTIONS_PROOF: 'full' });
