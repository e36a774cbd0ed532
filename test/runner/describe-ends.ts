import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Disposable } from '../../src/core/disposable.ts';
import type { Route } from '../../src/core/route.ts';
import { until } from '../until.ts';
import type { RealEngine } from './real-engine.ts';
import { RunnerUnderTest } from './runner-under-test.ts';

/** When a hot container ends, and what calls notice of it, on a real engine. Source: the contract's table. */
export function describeEnds(what: string, openEngine: () => Promise<RealEngine>): void {
  describe(`the end of ${what}`, () => {
    let bed: RunnerUnderTest;
    let begun: string[];
    let counting: Disposable;
    before(async () => {
      bed = new RunnerUnderTest(await openEngine());
    });
    after(() => bed.close());
    beforeEach(() => {
      begun = [];
      bed.finished.length = 0;
      counting = bed.runner.onDidStartCall(({ callId }) => begun.push(callId));
    });
    afterEach(async () => {
      await until(() => bed.finished.length >= begun.length, 'every call to end');
      counting.dispose();
      assert.deepEqual(bed.finished.map(({ callId }) => callId).sort(), begun.sort(), 'every call ends exactly once');
      await bed.runner.stopContainers();
      await bed.nothingLeft();
    });

    const hot = (path: string, fields: Partial<Route> = {}): Route =>
      bed.route({ path, format: 'http', idleTimeoutMs: 60_000, ...fields });

    describe('at its idle timeout', () => {
      it('is told by end of file, then by SIGTERM, then it is killed; no call is given to it meanwhile', async () => {
        const events: string[] = [];
        const route = hot('/stubborn', { idleTimeoutMs: 100, config: { stubborn: 'yes' } });
        const { result } = await bed.call(route, 'x');
        const name = result.servedBy?.name;
        const gone = new Promise<void>((resolve) => {
          bed.runner.onDidChangeContainers((container) => {
            if (container.name === name) {
              events.push(container.state.kind);
            }
            if (container.name === name && container.state.kind === 'gone') {
              resolve();
            }
          });
        });
        const listening = bed.runner.onStderr((event) => {
          if (event.container === name) {
            events.push(...event.text.split('\n').filter((line) => line !== ''));
          }
        });
        await bed.container('draining');
        const next = await bed.call(route, 'x');
        await gone;
        listening.dispose();
        assert.deepEqual([events, next.text], [['draining', 'end of file', 'SIGTERM', 'gone'], 'call 1']);
      });
    });

    describe('when its route is saved', () => {
      it('with another idle timeout comes as before; what is started later has the new one', async () => {
        await bed.call(hot('/clocks'), 'x');
        const changed = hot('/clocks', { idleTimeoutMs: 100 });
        const reused = await bed.call(changed, 'x');
        await bed.runner.stopContainers();
        const gone = bed.container('gone');
        const fresh = await bed.call(changed, 'x');
        assert.deepEqual(
          [reused.text, fresh.text, (await gone).state],
          ['call 2', 'call 1', { kind: 'gone', why: 'idle timeout' }],
        );
      });

      it('with another timeout does not come: the next call has the new one, in the same container', async () => {
        const before = await bed.call(hot('/timeout', { timeoutMs: 60_000 }), 'x');
        const { code, result } = await bed.call(hot('/timeout', { timeoutMs: 300 }), 'hang');
        assert.deepEqual([code, result.servedBy?.name], ['timeout', before.result.servedBy?.name]);
      });

      it('with a larger max_concurrency does not come: who waits gets a container beside it', async () => {
        const controller = new AbortController();
        const busy = bed.container('busy');
        const hanging = bed.call(hot('/wider'), 'hang', { signal: controller.signal });
        await busy;
        const waiting = bed.call(hot('/wider'), 'x');
        await turn();
        const before = bed.runner.containers().length;
        hot('/wider', { maxConcurrency: 2 });
        const { text } = await waiting;
        const after = bed.runner.containers().length;
        controller.abort();
        await assert.rejects(hanging, { code: 'aborted' });
        assert.deepEqual([before, text, after], [1, 'call 1', 2]);
      });

      const leaving: Readonly<Record<string, (route: Route) => readonly Route[]>> = {
        'under another name': (route) => [{ ...route, id: 'tests/renamed', path: '/renamed' }],
        'no more': () => [],
      };
      for (const [how, left] of Object.entries(leaving)) {
        it(`${how} comes at once if it idles`, async () => {
          const route = hot('/leaves');
          const { result } = await bed.call(route, 'x');
          const gone = bed.container('gone');
          const saved = left(route);
          bed.runner.setRoutes(saved);
          const others = await Promise.all(saved.map((other) => bed.call(other, 'x')));
          const { name, state } = await gone;
          assert.deepEqual([name, state], [result.servedBy?.name, { kind: 'gone', why: 'the route was removed' }]);
          assert.deepEqual(
            others.map(({ text }) => text),
            saved.map(() => 'call 1'),
          );
        });

        it(`${how} comes after the call that it serves`, async () => {
          const route = hot('/leaves');
          const busy = bed.container('busy');
          const call = bed.call(route, 'slow');
          await busy;
          const gone = bed.container('gone');
          bed.runner.setRoutes(left(route));
          const { text, result } = await call;
          const { name, state } = await gone;
          assert.deepEqual(
            [text, name, state],
            ['call 1', result.servedBy?.name, { kind: 'gone', why: 'the route was removed' }],
          );
        });
      }
    });

    describe('by SIGKILL from outside', () => {
      const strike = (engineId: string | undefined): Promise<void> => bed.real.strike(engineId ?? '');

      it('while it idles costs no call', async () => {
        const route = hot('/idle');
        const { result } = await bed.call(route, 'x');
        await strike(result.servedBy?.engineId);
        await bed.nothingServing();
        const next = await bed.call(route, 'x');
        assert.deepEqual([next.text, next.result.servedBy?.temperature], ['call 1', 'started-hot']);
      });

      it('between being given a call and its first byte fails that call, and the next one works', async () => {
        const route = hot('/given');
        const busy = bed.runner.onDidChangeContainers(({ state, engineId }) => {
          if (state.kind === 'busy') {
            busy.dispose();
            void strike(engineId);
          }
        });
        const struck = await bed.call(route, 'hang');
        const next = await bed.call(route, 'x');
        assert.deepEqual([struck.status, struck.code, next.text], [502, bed.real.struck.before, 'call 1']);
      });

      it('before it has read the call that it was sent fails that call, and the next one works', async () => {
        const route = hot('/unread');
        const { result } = await bed.call(route, 'x');
        await bed.real.freeze(result.servedBy?.engineId ?? '');
        const sent = new Promise<void>((resolve) => {
          const wire = bed.runner.onWire((event) => {
            if (event.kind === 'boundary' && event.boundary.kind === 'request-complete') {
              wire.dispose();
              resolve();
            }
          });
        });
        const call = bed.call(route, 'x');
        await sent;
        await strike(result.servedBy?.engineId);
        const struck = await call;
        const next = await bed.call(route, 'x');
        assert.deepEqual(
          [struck.status, struck.code, struck.result.servedBy?.name, next.text],
          [502, bed.real.struck.before, result.servedBy?.name, 'call 1'],
        );
      });

      it('within its answer breaks that off, and the next call works', async () => {
        const route = hot('/within');
        const { body, servedBy } = await bed.runner.invoke(route, { body: 'half' });
        let received = '';
        const reading = async (): Promise<void> => {
          for await (const chunk of body) {
            received += Buffer.from(chunk).toString();
            void strike(servedBy?.engineId);
          }
        };
        await assert.rejects(reading, { code: bed.real.struck.within });
        const next = await bed.call(route, 'x');
        assert.deepEqual([received, next.text], ['half ', 'call 1']);
      });

      it('right after its answer takes nothing from that; a call that comes at once has its own end', async () => {
        const route = hot('/after');
        const first = await bed.call(route, 'id');
        void strike(first.result.servedBy?.engineId);
        const second = await bed.call(route, 'id');
        const isLeft = () => bed.runner.containers().some(({ name }) => name === first.result.servedBy?.name);
        await until(() => !isLeft(), 'the container to be gone');
        const third = await bed.call(route, 'id');
        assert.deepEqual(
          [first.text, second.code ?? second.text, third.text],
          [
            first.result.callId,
            second.code === undefined ? second.result.callId : bed.real.struck.before,
            third.result.callId,
          ],
        );
      });
    });

    describe('before its first answer, three times in a row', () => {
      async function crashing(route: Route): Promise<readonly unknown[]> {
        const codes: unknown[] = [];
        for (const order of ['exit', 'exit', 'exit', 'x']) {
          codes.push((await bed.call(route, order)).code);
        }
        return codes;
      }
      const loop = ['function-exited', 'function-exited', 'function-exited', 'crash-loop'];

      it('keeps calls from starting another, until somebody asks for it', async () => {
        const route = hot('/crash-retry');
        const codes = await crashing(route);
        const { length: started } = bed.runner.containers();
        bed.runner.retry(route.id);
        const { text } = await bed.call(route, 'x');
        assert.deepEqual([codes, started, text], [loop, 0, 'call 1']);
      });

      it('keeps calls from starting another, until the back-off is over', async () => {
        const route = hot('/crash-wait');
        const codes = await crashing(route);
        await until(() => bed.runner.backOffMs(route.id) === undefined, 'the back-off to be over');
        const { text } = await bed.call(route, 'x');
        assert.deepEqual([codes, text], [loop, 'call 1']);
      });
    });
  });
}
