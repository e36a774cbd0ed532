/** `npm run bench`: sets up what the figures need, then measures. `-- --guard` is the short one of .ci/run. */
import process from 'node:process';
import { runWithEngine } from './docker/run-with-engine.ts';

await runWithEngine(['bench/bench.ts', ...process.argv.slice(2)]);
