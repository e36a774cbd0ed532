/**
 * Measures what we promise against floors measured by turns in the same run, prints a table and writes results.json.
 *
 *   npm run bench                              everything
 *   npm run bench -- hot-docker sizes          these only; results.json stays as it is
 *   npm run bench -- --guard                   a minute's worth; fails where a figure is far off
 *
 * By itself, `node bench/bench.ts` needs gcc and a Docker Engine on the unix socket that DOCKER_HOST names.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { CleanUp } from '../scripts/clean-up.ts';
import { type Figure, isFarOff } from './figure.ts';
import { Stage } from './stage.ts';
import { subjects } from './subjects.ts';

/** A machine with more of its processors at work than this measures something else as well. */
const busyShare = 0.25;

/** How often the guard measures again what is far off. */
const guardAgain = 2;

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const guard = process.argv.includes('--guard');
const unknown = wanted.filter((name) => !subjects.some((subject) => subject.name === name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are: ${subjects.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = subjects.filter(({ name, guarded }) => (wanted.length > 0 ? wanted.includes(name) : guarded || !guard));

const cleanUp = new CleanUp();
const figures: Figure[] = [];
const loadBefore = loadavg();
try {
  const stage = await Stage.set({ quick: guard });
  cleanUp.add(() => stage.dismantle());
  for (const { name, measure } of chosen) {
    const since = performance.now();
    let measured = await measure(stage);
    for (let again = 0; guard && measured.some(isFarOff) && again < guardAgain; again += 1) {
      // A neighbour's load may explain one measurement; what is wrong is wrong each time.
      measured = await measure(stage);
    }
    figures.push(...measured);
    console.log(`${name}: ${((performance.now() - since) / 1000).toFixed(0)} s`);
  }
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, kernel: release() };
  const versions = { node: process.version, engine: stage.docker.description };
  const load = { before: loadBefore, after: loadavg(), busy: (loadBefore[0] ?? 0) / cpus().length > busyShare };
  print(figures);
  console.log(
    `Load before ${loadBefore.join(' ')}, after ${load.after.join(' ')}${load.busy ? ': the machine was busy' : ''}`,
  );
  if (!guard && wanted.length === 0) {
    const results = { machine, versions, load, rows: figures };
    writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
} finally {
  await cleanUp.run();
}
const farOff = figures.filter(isFarOff);
if (guard && farOff.length > 0) {
  console.error(`Twice what it may be, or half of what it must be: ${farOff.map(({ id }) => id).join('; ')}`);
  process.exitCode = 1;
}

function print(rows: readonly Figure[]): void {
  const short = (value: number | null | undefined): string =>
    value === null || value === undefined
      ? ''
      : value.toPrecision(value < 1 ? 2 : Math.max(3, String(Math.trunc(value)).length));
  console.table(
    Object.fromEntries(
      rows.map(({ id, unit, value, floor, ratio, ratioFromTo, bound, mustReach, aim, ok, spread }) => [
        id,
        {
          value: `${short(value)} ${unit}`,
          p95: short(spread?.value.p95),
          p99: short(spread?.value.p99),
          floor: short(floor),
          'floor p95': short(spread?.floor?.p95),
          'floor p99': short(spread?.floor?.p99),
          ratio: short(ratio),
          'of turns': ratioFromTo?.map(short).join(' … ') ?? '',
          [`must reach`]: `${bound === 'at most' ? '≤' : '≥'} ${mustReach}${ratio === null ? ` ${unit}` : ' ×'}`,
          aim: aim ?? '',
          ok,
        },
      ]),
    ),
  );
}
