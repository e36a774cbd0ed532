import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { Engine } from '../../src/core/engine.ts';
import type { Route } from '../../src/core/route.ts';
import { Runner } from '../../src/core/runner.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { readExamples } from './read-examples.ts';

/** Every example on a real engine, called as the extension calls it: cold once, hot twice in one container. */
export function describeExamplesOn(what: string, openEngine: () => Promise<Engine>): void {
  describe(`every example ${what}`, () => {
    let engine: Engine;
    let runner: Runner;
    before(async () => {
      engine = await openEngine();
      runner = new Runner({
        clock: systemClock,
        engine: () => engine,
        admit: () => {},
        spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
        newCallId: randomUUID,
        containerPrefix: `hot-functions-examples-${randomUUID().slice(0, 8)}`,
      });
      runner.setRoutes(routes);
    });
    after(async () => {
      await runner.close();
      await engine.dispose();
    });

    const { routes } = readExamples();
    for (const route of routes) {
      it(`${route.id} answers${route.format === 'http' ? ', and again from the same container' : ''}`, async () => {
        const greeting = route.config['GREETING'] ?? route.config['greeting'] ?? 'Hello';
        const calls = route.format === 'http' ? [1, 2] : [1];
        const answers: string[] = [];
        for (const _call of calls) {
          answers.push(await answerTo(runner, route));
        }
        const heat = (call: number) => (route.format === 'http' ? `, call ${call} of this process` : '');
        assert.deepEqual(
          answers,
          calls.map((call) => `200 ${greeting} Johnny\nPOST ${route.path}${heat(call)}\n`),
        );
        await runner.stopContainers(route.id);
      });
    }
  });
}

async function answerTo(runner: Runner, route: Route): Promise<string> {
  const { status, body, error } = await runner.invoke(route, { body: 'Johnny' });
  const { bytes } = await body.collect(64 * 1024);
  return `${status} ${error === undefined ? Buffer.from(bytes).toString() : `${error.code}: ${error.message} ${error.stderr}`}`;
}
