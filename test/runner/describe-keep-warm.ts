import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ContainerSnapshot } from '../../src/core/pool/container-snapshot.ts';
import type { Route } from '../../src/core/route.ts';
import type { RealEngine } from './real-engine.ts';
import { type Answered, RunnerUnderTest } from './runner-under-test.ts';

/** Cold functions that are started ahead of their calls, on a real engine. */
export function describeKeepWarm(what: string, openEngine: () => Promise<RealEngine>): void {
  describe(`${what} that is kept warm`, () => {
    let bed: RunnerUnderTest;
    before(async () => {
      bed = new RunnerUnderTest(await openEngine());
    });
    after(() => bed.close());

    /** A route that is kept warm, what its first call gave, and what waits for the second. */
    async function warm(
      fields: Partial<Route>,
      body: string,
    ): Promise<{ readonly route: Route; readonly first: Answered; readonly waiting: ContainerSnapshot }> {
      const route = bed.route(fields);
      bed.runner.keepWarm(new Set([route.id]));
      const idle = bed.container('idle');
      const first = await bed.call(route, body);
      return { route, first, waiting: await idle };
    }

    function goneOf({ name }: ContainerSnapshot): Promise<ContainerSnapshot['state']> {
      return new Promise((resolve) => {
        const subscription = bed.runner.onDidChangeContainers((snapshot) => {
          if (snapshot.name === name && snapshot.state.kind === 'gone') {
            subscription.dispose();
            resolve(snapshot.state);
          }
        });
      });
    }

    it('serves the next call, which finds it running', async () => {
      const { route, waiting } = await warm({ path: '/warm' }, 'x');
      const { text, result } = await bed.call(route, 'Johnny');
      const { timings } = await result.finished;
      assert.deepEqual(
        [text, result.servedBy?.engineId, result.servedBy?.temperature, timings.startedMs],
        ['cold Johnny', waiting.engineId, 'kept-warm', undefined],
      );
    });

    it('sees the environment that a new one would see', async () => {
      const { route, first } = await warm({ path: '/environment', config: { b: '2', a: '1' } }, 'environment');
      const second = await bed.call(route, 'environment');
      // A container's name for itself is another in each.
      const seen = [first, second].map(({ text }) => text.replace(/^HOSTNAME=[0-9a-f]{12}$/m, ''));
      assert.deepEqual([second.result.servedBy?.temperature, seen[1]], ['kept-warm', seen[0]]);
    });

    it('is removed for a call with another environment, which has one of its own', async () => {
      const { route, waiting } = await warm({ path: '/other' }, 'x');
      const gone = goneOf(waiting);
      const { text, result } = await bed.call(route, 'y', {}, { headers: [['X-Custom', 'v1']] });
      await gone;
      assert.deepEqual([text, result.servedBy?.temperature], ['cold y', 'cold']);
    });

    it('is gone after its idle timeout, with all of its processes', async () => {
      const { waiting } = await warm({ path: '/idle', idleTimeoutMs: 300 }, 'x');
      assert.deepEqual(await goneOf(waiting), { kind: 'gone', why: 'idle timeout' });
      await bed.nothingLeft();
    });

    it('that was killed from outside is forgotten: the next call has one of its own', async () => {
      const { route, waiting } = await warm({ path: '/killed' }, 'x');
      const gone = goneOf(waiting);
      await bed.real.strike(waiting.engineId);
      await gone;
      const { text, result } = await bed.call(route, 'Johnny');
      assert.deepEqual([text, result.servedBy?.temperature], ['cold Johnny', 'cold']);
    });

    it('is gone when the window has closed', async () => {
      await warm({ path: '/closed' }, 'x');
      await bed.runner.close();
      await bed.nothingLeft();
    });
  });
}
