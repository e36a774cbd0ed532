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
      const message = error instanceof Error ? error.message : String(error);
      console.error(message);
      return { passed: 0, failures: [{ name: 'What it needs', error: message }] };
    });
    results.push({ title, outcome, seconds: ((performance.now() - start) / 1000).toFixed(1) });
  }
} finally {
  await cleanUp.run();
}

// Once more at the end, where they are seen: what came before may be tens of thousands of lines.
for (const { title, outcome } of results) {
  for (const { name, error } of outcome.failures) {
    console.log(`\n✖ ${title}: ${name}\n${error.replaceAll(/^/gm, '    ')}`);
  }
}
console.log('');
for (const { title, outcome, seconds } of results) {
  console.log(`${outcome.failures.length === 0 ? '✔' : '✖'} ${title}: ${describe(outcome)} (${seconds} s)`);
}
const all = {
  passed: results.reduce((sum, { outcome }) => sum + outcome.passed, 0),
  failures: results.flatMap(({ outcome }) => outcome.failures),
};
console.log(describe(all));
process.exitCode = all.failures.length === 0 ? 0 : 1;

function describe({ passed, failures }: Outcome): string {
  return `${passed} passed, ${failures.length} failed`;
}
