/** `npm run soak`: load and faults on a real engine, in their full size. */
import { runWithEngine } from './docker/run-with-engine.ts';

await runWithEngine(['--test', 'test/docker/load.test.ts'], { HOT_FUNCTIONS_PROOF: 'full' });
