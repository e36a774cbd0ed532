import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RealEngine } from '../runner/real-engine.ts';
import { outputOf, WindowCalls } from '../runner/window-calls.ts';
import { until } from '../until.ts';
import { GatewayUnderTest, post } from './gateway-under-test.ts';
import { statusAndBody } from './raw-client.ts';

/** What each situation must give a caller over HTTP, on a real engine. Source: the contract's table. */
export function describeOverHttp(what: string, openEngine: () => Promise<RealEngine>): void {
  describe(`${what} over HTTP`, () => {
    let bed: GatewayUnderTest;
    before(async () => {
      bed = await GatewayUnderTest.open({}, openEngine);
    });
    after(async () => {
      await bed.close();
      assert.deepEqual(bed.errors, []);
    });

    it('a hot function serves call after call in one container', async () => {
      const url = bed.route({ path: '/hot' });
      const texts = [await post(url, 'a'), await post(url, 'b'), await post(url, 'c')].map(({ text }) => text);
      assert.deepEqual(texts, ['call 1', 'call 2', 'call 3']);
    });

    it('a cold function gets the body and gives its output', async () => {
      assert.deepEqual(await post(bed.route({ path: '/cold', format: 'default' }), 'in'), {
        status: 200,
        text: 'cold in',
        code: undefined,
      });
    });

    it('a cold function that exits with a code gives 502', async () => {
      const { status, text } = await post(bed.route({ path: '/cold', format: 'default' }), 'exit');
      assert.deepEqual(
        [status, JSON.parse(text).error],
        [502, { message: 'The function exited with code 3.', code: 'function-exited' }],
      );
    });

    it('a call that exceeds its timeout gives 504 and the next one works', async () => {
      const slow = await post(bed.route({ path: '/timeout', timeoutMs: 500 }), 'hang');
      const next = await post(bed.route({ path: '/timeout' }), 'x');
      assert.deepEqual(
        [slow.status, JSON.parse(slow.text).error, next.text],
        [504, { message: 'Timed out', code: 'timeout' }, 'call 1'],
      );
    });

    it('waiting for a container is part of the timeout', async () => {
      const url = bed.route({ path: '/queue', timeoutMs: 500 });
      const busy = bed.runs.container('busy');
      const first = post(url, 'hang');
      await busy;
      const calls = await Promise.all([first, post(bed.route({ path: '/queue', timeoutMs: 300 }), 'x')]);
      assert.deepEqual(
        calls.map(({ status }) => status),
        [504, 504],
      );
    });

    for (const [order, code] of [
      ['print', 'stray-output'],
      ['no length', 'missing-content-length'],
      ['exit', 'function-exited'],
    ] as const) {
      it(`a function that does "${order}" gives 502 ${code} at once and the next call works`, async () => {
        const url = bed.route({ path: '/broken', timeoutMs: 60_000 });
        const failed = await post(url, order);
        assert.deepEqual([failed.status, failed.code, (await post(url, 'x')).text], [502, code, 'call 1']);
      });
    }

    it('a function that answers twice is heard once and crosses with nobody', async () => {
      const url = bed.route({ path: '/twice' });
      const texts = [(await post(url, 'twice')).text];
      await bed.runs.nothingServing();
      texts.push((await post(url, 'x')).text);
      assert.deepEqual(texts, ['one', 'call 1']);
    });

    it('a body that ends early breaks the connection off, and the next call works', async () => {
      const url = bed.route({ path: '/short' });
      await assert.rejects(post(url, 'short'), { name: 'TypeError' });
      await bed.runs.nothingServing();
      assert.equal((await post(url, 'x')).text, 'call 1');
    });

    it('a function that exits after its answer has been heard, and the next call works', async () => {
      const url = bed.route({ path: '/last' });
      const texts = [(await post(url, 'last')).text];
      await bed.runs.nothingServing();
      texts.push((await post(url, 'x')).text);
      assert.deepEqual(texts, ['the last one', 'call 1']);
    });

    it('a function that ends three times before its first answer is not started for a while, or until Retry', async () => {
      const url = bed.route({ path: '/loop' });
      const codes: unknown[] = [];
      for (let call = 0; call < 4; call += 1) {
        codes.push((await post(url, 'exit')).code);
      }
      bed.runs.runner.retry('tests/loop');
      const { text } = await post(url, 'x');
      const exited = 'function-exited';
      assert.deepEqual([codes, text], [[exited, exited, exited, 'crash-loop'], 'call 1']);
    });

    it('a call at the moment at which its container goes idle too long is answered', async () => {
      const idleTimeoutMs = 60;
      const url = bed.route({ path: '/idle', idleTimeoutMs });
      const statuses: number[] = [];
      for (let aroundMs = -4; aroundMs <= 4; aroundMs += 1) {
        statuses.push((await post(url, 'x')).status);
        await delay(idleTimeoutMs + aroundMs);
      }
      assert.deepEqual(new Set(statuses), new Set([200]));
    });

    it('slow calls of one route do not keep another one waiting', async () => {
      const [slow, other] = bed.routes({ path: '/slow' }, { path: '/other' });
      const controller = new AbortController();
      const waiting = Array.from({ length: 20 }, () =>
        post(slow, 'hang', { signal: controller.signal }).catch(() => {}),
      );
      const { status } = await post(other, 'x');
      controller.abort();
      await Promise.all(waiting);
      assert.equal(status, 200);
    });

    it('a route that is saved with other config has the new one from the next call on', async () => {
      const before = await post(bed.route({ path: '/config', config: { version: 'one' } }), 'config');
      const after = await post(bed.route({ path: '/config', config: { version: 'two' } }), 'config');
      assert.deepEqual([before.text, after.text], ['one', 'two']);
    });

    it("the function's own status and headers reach the caller, and so do the route's", async () => {
      const url = bed.route({ path: '/status', headers: [['X-Route', 'r']] });
      const response = await fetch(url, { method: 'POST', body: 'status' });
      assert.deepEqual(
        [response.status, response.headers.get('x-fn'), response.headers.get('x-route'), await response.text()],
        [418, 'yes', 'r', 'teapot'],
      );
    });

    it('every method works', async () => {
      const url = bed.route({ path: '/method' });
      const told: string[] = [];
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        told.push((await post(url, 'method', { method })).text);
      }
      const get = await fetch(`${url}?payload=method`);
      const head = await fetch(`${url}?payload=method`, { method: 'HEAD' });
      assert.deepEqual(
        [told, await get.text(), head.status, head.headers.get('content-length')],
        [['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'], 'GET', 200, '6'],
      );
    });

    it('a caller that leaves ends the call and its container', async () => {
      const url = bed.route({ path: '/leave' });
      const controller = new AbortController();
      const busy = bed.runs.container('busy');
      const call = post(url, 'hang', { signal: controller.signal });
      await busy;
      controller.abort();
      await assert.rejects(call, { name: 'AbortError' });
      await bed.runs.nothingLeft();
      await until(() => bed.runs.runner.calls().length === 0, 'the call to be over');
      assert.deepEqual(bed.runs.finished.at(-1)?.outcome, { kind: 'aborted' });
    });

    it('a caller that leaves ends the call under way on its kept connection, not the one before', async () => {
      bed.route({ path: '/leave-kept' });
      const head = `POST /r/${bed.saved[0]?.app}/leave-kept HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n`;
      const client = await bed.raw(`${head}call`);
      await client.until(/call 1/);
      const busy = bed.runs.container('busy');
      client.send(`${head}hang`);
      await busy;
      client.socket.destroy();
      await bed.runs.nothingLeft();
      await until(() => bed.runs.runner.calls().length === 0, 'the call to be over');
      assert.deepEqual(
        bed.runs.finished.slice(-2).map(({ outcome }) => outcome),
        [{ kind: 'answered', status: 200 }, { kind: 'aborted' }],
      );
    });

    it('a caller that leaves ends a cold call and its container', async () => {
      const url = bed.route({ path: '/leave-cold', format: 'default' });
      const controller = new AbortController();
      const call = post(url, 'hang', { signal: controller.signal });
      await until(() => bed.runs.runner.calls().some(({ container }) => container !== undefined), 'the call to run');
      controller.abort();
      await assert.rejects(call, { name: 'AbortError' });
      await bed.runs.nothingLeft();
      await until(() => bed.runs.runner.calls().length === 0, 'the call to be over');
      assert.deepEqual(bed.runs.finished.at(-1)?.outcome, { kind: 'aborted' });
    });

    it('a cold call that exceeds its timeout gives 504, and its container is gone', async () => {
      const { status, code } = await post(bed.route({ path: '/slow', format: 'default', timeoutMs: 700 }), 'hang');
      await bed.runs.nothingLeft();
      assert.deepEqual([status, code], [504, 'timeout']);
    });

    it('idle timeout 0 gives each call a container of its own', async () => {
      const url = bed.route({ path: '/zero', idleTimeoutMs: 0 });
      const texts: string[] = [];
      for (let call = 0; call < 5; call += 1) {
        texts.push((await post(url, 'x')).text);
      }
      assert.deepEqual(
        texts,
        texts.map(() => 'call 1'),
      );
    });

    it('ten calls at once of a route with max_concurrency 3 have three containers', async () => {
      const url = bed.route({ path: '/three', maxConcurrency: 3 });
      const from = bed.runs.finished.length;
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(url, 'slow')));
      const containers = new Set(bed.runs.finished.slice(from).map(({ servedBy }) => servedBy?.name));
      assert.deepEqual([answers.every(({ status }) => status === 200), containers.size], [true, 3]);
    });

    it('what the function has answered arrives while the request is still being sent', async () => {
      const half = 'a'.repeat(100_000);
      bed.route({ path: '/stream' });
      const client = await bed.raw(
        `POST /r/tests/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n${half}`,
      );
      await client.until(/\r\n\r\na{100000}$/);
      client.send(half);
      const [status, body] = statusAndBody(await client.until(/\r\n\r\na{200000}$/));
      client.close();
      assert.deepEqual([status, body.length], [200, 200_000]);
    });

    it('a large body goes in and comes out as it is', async () => {
      const url = bed.route({ path: '/large' });
      const body = Buffer.alloc(20 * 1024 * 1024, 'abcdefghijk').toString();
      const { status, text } = await post(url, body);
      assert.deepEqual([status, text === body], [200, true]);
    });
  });

  describe(`asynchronous ${what} over HTTP`, () => {
    let bed: GatewayUnderTest;
    let window: WindowCalls;
    before(async () => {
      const submitAsync = (...call: Parameters<WindowCalls['queue']['submit']>) => window.queue.submit(...call);
      bed = await GatewayUnderTest.open({ submitAsync }, openEngine);
      const storageFolder = join(bed.runs.real.folder, 'calls');
      window = await WindowCalls.open({ storageFolder, runner: bed.runs.runner });
    });
    after(async () => {
      await window.close();
      await bed.close();
      assert.deepEqual([bed.errors, window.problems], [[], []]);
    });

    for (const [format, output] of [
      ['http', /^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\ncall 1$/],
      ['default', /^cold work$/],
    ] as const) {
      it(`a call of format ${format} is answered with 202 and its id, and runs by itself`, async () => {
        const path = `/later-${format}`;
        const url = bed.route({ path, format, type: 'async' });
        window.save(...bed.saved);
        const { status, text } = await post(url, 'work');
        const { call_id: callId } = JSON.parse(text);
        const record = await window.over(callId);
        assert.deepEqual(
          [status, text, record.state, record.origin, record.attempts],
          [202, `{"call_id":"${callId}"}\n`, 'done', 'async', 1],
        );
        assert.match(outputOf(record), output);
      });
    }
  });
}
