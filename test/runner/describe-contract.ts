import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RealEngine } from './real-engine.ts';
import { RunnerUnderTest } from './runner-under-test.ts';

/** What each situation must give, on a real engine. Source: the contract's table. */
export function describeContract(what: string, openEngine: () => Promise<RealEngine>): void {
  describe(`calls of ${what}`, () => {
    let bed: RunnerUnderTest;
    before(async () => {
      bed = new RunnerUnderTest(await openEngine());
    });
    after(() => bed.close());

    it('a cold call has a container of its own that is removed', async () => {
      const { result } = await bed.call(bed.route({ path: '/cold' }), 'x');
      assert.equal(result.servedBy?.temperature, 'cold');
      await bed.nothingLeft();
    });

    it('a cold function that exits with a code is a failure that names it and shows stderr', async () => {
      const { status, result } = await bed.call(bed.route({ path: '/cold' }), 'exit');
      assert.deepEqual(
        [status, result.error?.message, result.error?.exitCode, result.error?.stderr],
        [502, 'The function exited with code 3.', 3, 'about to exit\n'],
      );
    });

    it('a hot function serves call after call in one container', async () => {
      const route = bed.route({ path: '/hot', format: 'http' });
      const answers = [await bed.call(route, 'a'), await bed.call(route, 'b'), await bed.call(route, 'c')];
      assert.deepEqual(
        answers.map(({ text }) => text),
        ['call 1', 'call 2', 'call 3'],
      );
      assert.deepEqual(new Set(answers.map(({ result }) => result.servedBy?.engineId)).size, 1);
    });

    it('a call that times out gives 504, its container is gone at once and the next call works', async () => {
      const route = bed.route({ path: '/timeout', format: 'http', timeoutMs: 700 });
      const slow = await bed.call(route, 'hang');
      await bed.nothingLeft();
      const next = await bed.call(bed.route({ path: '/timeout', format: 'http' }), 'x');
      assert.deepEqual([slow.status, slow.code, next.text], [504, 'timeout', 'call 1']);
    });

    it('a cold call that times out gives 504 and its container is gone', async () => {
      const { status } = await bed.call(bed.route({ path: '/cold', timeoutMs: 700 }), 'hang');
      await bed.nothingLeft();
      assert.equal(status, 504);
    });

    it('an idle container is gone after its idle timeout', async () => {
      const route = bed.route({ path: '/idle', format: 'http', idleTimeoutMs: 300 });
      await bed.call(route, 'x');
      const { state } = await bed.container('gone');
      assert.deepEqual(state, { kind: 'gone', why: 'idle timeout' });
      await bed.nothingLeft();
    });

    it('idle timeout 0 gives each call a container of its own, every time', async () => {
      const route = bed.route({ path: '/zero', format: 'http', idleTimeoutMs: 0 });
      const texts: string[] = [];
      for (let call = 0; call < 5; call += 1) {
        texts.push((await bed.call(route, 'x')).text);
      }
      assert.deepEqual(
        texts,
        Array.from({ length: 5 }, () => 'call 1'),
      );
    });

    it('ten calls at once of a route with max_concurrency 3 have three containers', async () => {
      const route = bed.route({ path: '/three', format: 'http', maxConcurrency: 3 });
      const answers = await Promise.all(Array.from({ length: 10 }, () => bed.call(route, 'slow')));
      const containers = new Set(answers.map(({ result }) => result.servedBy?.name));
      assert.deepEqual([answers.every(({ status }) => status === 200), containers.size], [true, 3]);
    });

    const broken: Readonly<Record<string, readonly [status: number, code: string]>> = {
      print: [502, 'stray-output'],
      'no length': [502, 'missing-content-length'],
      exit: [502, 'function-exited'],
    };
    for (const [order, [status, code]] of Object.entries(broken)) {
      it(`a hot function that does "${order}" fails at once with ${code}, and the next call works`, async () => {
        const route = bed.route({ path: '/broken', format: 'http', timeoutMs: 60_000 });
        const failed = await bed.call(route, order);
        const next = await bed.call(route, 'x');
        assert.deepEqual([failed.status, failed.code, next.text], [status, code, 'call 1']);
      });
    }

    it('a hot function that answers twice is heard once, and crosses with nobody', async () => {
      const route = bed.route({ path: '/twice', format: 'http' });
      const texts: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        texts.push((await bed.call(route, 'twice')).text);
        await bed.nothingServing();
        texts.push((await bed.call(route, 'x')).text);
      }
      assert.deepEqual(texts, ['one', 'call 1', 'one', 'call 1']);
    });

    it('a body that ends early breaks the answer off', async () => {
      const route = bed.route({ path: '/short', format: 'http' });
      const result = await bed.runner.invoke(route, { body: 'short' });
      await assert.rejects(result.body.collect(100), {
        code: 'short-body',
        message: 'The function exited with code 0 after 3 of 10 bytes of the body.',
      });
    });

    it("the function's own status and headers are the result, not a failure", async () => {
      const { result, text } = await bed.call(bed.route({ path: '/status', format: 'http' }), 'status');
      assert.deepEqual(
        [result.status, result.headers, text, result.error],
        [
          418,
          [
            ['X-Fn', 'yes'],
            ['Content-Length', '6'],
          ],
          'teapot',
          undefined,
        ],
      );
    });

    it('a cancelled call kills its container', async () => {
      const controller = new AbortController();
      const busy = bed.container('busy');
      const call = bed.call(bed.route({ path: '/cancel', format: 'http' }), 'hang', { signal: controller.signal });
      await busy;
      controller.abort();
      await assert.rejects(call, { code: 'aborted' });
      await bed.nothingLeft();
    });

    it('waiting for a container is part of the timeout', async () => {
      const route = bed.route({ path: '/queue', format: 'http' });
      const controller = new AbortController();
      const busy = bed.container('busy');
      const first = bed.call(route, 'hang', { signal: controller.signal });
      await busy;
      const { status } = await bed.call({ ...route, timeoutMs: 600 }, 'x');
      controller.abort();
      await assert.rejects(first, { code: 'aborted' });
      assert.equal(status, 504);
    });

    it('bytes that come after an answer end the container, and are laid to that answer', async () => {
      const route = bed.route({ path: '/late', format: 'http' });
      const stray: string[] = [];
      const listening = bed.runner.onWire((event) => {
        if (event.kind === 'stray') {
          stray.push(`${event.exchange.callId} ${Buffer.from(event.bytes).toString()}`);
        }
      });
      const { result, text } = await bed.call(route, 'late');
      await bed.nothingServing();
      listening.dispose();
      const next = await bed.call(route, 'x');
      assert.deepEqual([text, stray, next.text], ['on time', [`${result.callId} too late\n`], 'call 1']);
    });

    it('a hot function that exits after its answer is replaced for the next call', async () => {
      const route = bed.route({ path: '/last', format: 'http' });
      const last = await bed.call(route, 'last');
      await bed.nothingServing();
      const next = await bed.call(route, 'x');
      assert.deepEqual([last.text, next.text], ['the last one', 'call 1']);
    });

    it('every method works', async () => {
      const route = bed.route({ path: '/method', format: 'http' });
      const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
      const told: string[] = [];
      for (const method of methods) {
        told.push((await bed.call(route, 'method', {}, { method })).text);
      }
      assert.deepEqual(told, methods);
    });

    it('slow calls of one route do not keep another one waiting', async () => {
      const slow = bed.route({ path: '/slow', format: 'http' });
      const other = { ...slow, id: 'tests/other', path: '/other' };
      bed.runner.setRoutes([slow, other]);
      const controllers = Array.from({ length: 20 }, () => new AbortController());
      const waiting = controllers.map(({ signal }) => bed.call(slow, 'hang', { signal }).catch(() => 'cancelled'));
      const { status } = await bed.call(other, 'x');
      for (const controller of controllers) {
        controller.abort();
      }
      await Promise.all(waiting);
      assert.equal(status, 200);
    });

    it('a route that is saved with other config has the new one from the next call on', async () => {
      const old = bed.route({ path: '/config', format: 'http', config: { version: 'one' } });
      const before = await bed.call(old, 'config');
      const changed = bed.route({ path: '/config', format: 'http', config: { version: 'two' } });
      const after = await bed.call(changed, 'config');
      assert.deepEqual([before.text, after.text], ['one', 'two']);
    });

    it('a function that never reads its input is ended by the timeout', async () => {
      const config = { deaf: 'yes' };
      const body = 'x'.repeat(4 * 1024 * 1024);
      const calls = [
        bed.call(bed.route({ path: '/deaf', format: 'http', timeoutMs: 700, config }), body),
        bed.call(bed.route({ path: '/deaf-cold', timeoutMs: 700, config }), body),
      ];
      assert.deepEqual(
        (await Promise.all(calls)).map(({ status }) => status),
        [504, 504],
      );
      await bed.nothingLeft();
    });

    it('a cold function whose output never ends is ended by the timeout, and breaks its answer off', async () => {
      const result = await bed.runner.invoke(bed.route({ path: '/flood', timeoutMs: 700 }), { body: 'flood' });
      await assert.rejects(result.body.collect(1000), { code: 'timeout' });
      await bed.nothingLeft();
    });

    it('closing leaves no container, whatever it was doing', async () => {
      const other = new RunnerUnderTest(await openEngine());
      const route = other.route({ path: '/closing', format: 'http', maxConcurrency: 2 });
      await other.call(route, 'x');
      const calls = Promise.all([other.call(route, 'hang'), other.call(route, 'hang')]);
      await other.container('busy');
      await other.close();
      assert.deepEqual(
        (await calls).map(({ status }) => status),
        [503, 503],
      );
    });
  });
}
