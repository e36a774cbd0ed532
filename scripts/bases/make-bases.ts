/**
 * Base images for `examples/` where no registry can be reached. Uses the engine that DOCKER_HOST names.
 *
 *   node scripts/run.mjs bases/make-bases   prints the build arguments as JSON: {"NODE_IMAGE":"…",…}
 */
import { ensureBaseImages } from './base-images.ts';

// Whatever reports its progress on the way: stdout is for the result.
console.log = console.error;
process.stdout.write(`${JSON.stringify(await ensureBaseImages())}\n`);
