/** `npm run bench`: sets up what the figures need, then measures. */
import { runWithEngine } from './docker/run-with-engine.ts';

await runWithEngine(['bench/bench.ts']);
