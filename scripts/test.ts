/**
 * Sets up what is missing and runs the tests. `npm test` runs everything; `npm test -- unit host` the parts of these
 * names: lint, promises, types, unused, build, unit, examples, processes, gateway, docker, host, ui.
 */
import process from 'node:process';
import { CleanUp } from './clean-up.ts';
import type { Outcome } from './test/counts.ts';
import { testParts } from './test/parts.ts';
import { Surroundings } from './test/surroundings.ts';

const cleanUp = new CleanUp();
const surroundings = new Surroundings(cleanUp);
const parts = testParts(surroundings, cleanUp);

const wanted = process.argv.slice(2);
const names = [...new Set(parts.map(({ name }) => name))];
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts: ${names.join(', ')}`);
  process.exit(2);
}

const results: { readonly title: string; readonly outcome: Outcome; readonly seconds: string }[] = [];
try {
  for (const { title, run } of parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    if (cleanUp.hasBegun) {
      break;
    }
    console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
    const start = performance.now();
    const outcome = await run().catch((error: unknown): Outcome => {
      // What the part needs could not be had: the message says how to get it.
      console.error(error instanceof Error ? error.message : error);
      return { passed: 0, failed: 1 };
    });
    results.push({ title, outcome, seconds: ((performance.now() - start) / 1000).toFixed(1) });
  }
} finally {
  await cleanUp.run();
}

console.log('');
for (const { title, outcome, seconds } of results) {
  console.log(`${outcome.failed === 0 ? '✔' : '✖'} ${title}: ${describe(outcome)} (${seconds} s)`);
}
const all = results.reduce((sum, { outcome }) => add(sum, outcome), { passed: 0, failed: 0 });
console.log(describe(all));
process.exitCode = all.failed === 0 ? 0 : 1;

function add(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

function describe({ passed, failed }: Outcome): string {
  return `${passed} passed, ${failed} failed`;
}
