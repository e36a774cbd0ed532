import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import Dockerode from 'dockerode';
import type { WaitEnd } from '../../../../src/engines/docker/container-wait.ts';
import { EngineRequests } from '../../../../src/engines/docker/engine-requests.ts';
import { ExitEvents } from '../../../../src/engines/docker/exit-events.ts';
import { until } from '../../../until.ts';

interface Asked {
  readonly url: string;
  readonly answer: ServerResponse;
  /** Settles when nobody listens to the answer any more. */
  readonly closed: Promise<unknown>;
}

/** An engine that is asked for its events and says nothing by itself. */
async function bed(test: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hot-functions-test-'));
  const socketPath = join(folder, 'engine.sock');
  const questions: Asked[] = [];
  const server = createServer((req, answer) => {
    questions.push({ url: req.url ?? '', answer, closed: once(answer, 'close') });
    server.emit('asked');
  });
  server.listen(socketPath);
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const requests = new EngineRequests(new Dockerode({ socketPath }), 'unix://engine');
  const events = new ExitEvents(requests, { installation: 'here', window: 'one' });
  return {
    questions,
    /** A container whose wait ends when it is told to. */
    container: (id: string) => {
      const { promise: end, resolve } = Promise.withResolvers<WaitEnd>();
      let stopped = false;
      const wait = events.hasten(id, { end, stop: () => (stopped = true) });
      return { wait, endWait: (code: number) => resolve({ kind: 'exited', code }), stopped: () => stopped };
    },
    asked: async (count: number): Promise<Asked> => {
      while (questions.length < count) {
        await once(server, 'asked');
      }
      const last = questions[count - 1];
      assert.ok(last !== undefined);
      return last;
    },
  };
}

function died(id: string, exitCode: number): string {
  return `${JSON.stringify({ Type: 'container', Action: 'die', Actor: { ID: id, Attributes: { exitCode: `${exitCode}` } } })}\n`;
}

describe('the end of a container', () => {
  it('is what the event says where it exited with 0, before its wait is answered', async (test) => {
    const { container, asked } = await bed(test);
    const one = container('a');
    const { url, answer } = await asked(1);
    answer.write(died('b', 0) + died('a', 0));
    const end = await one.wait.end;
    const filters: unknown = JSON.parse(new URL(url, 'http://engine').searchParams.get('filters') ?? '');
    assert.deepEqual(
      [end, filters],
      [
        { kind: 'exited', code: 0 },
        {
          type: ['container'],
          event: ['die'],
          label: ['dev.hot-functions.installation=here', 'dev.hot-functions.window=one'],
        },
      ],
    );
  });

  it('is what the wait says of any other code', async (test) => {
    const { container, asked } = await bed(test);
    const [one, other] = [container('a'), container('b')];
    const { answer } = await asked(1);
    answer.write(died('a', 137) + died('b', 0));
    await other.wait.end;
    one.endWait(1);
    assert.deepEqual(await one.wait.end, { kind: 'exited', code: 1 });
  });

  for (const [what, reply] of Object.entries<(answer: ServerResponse) => unknown>({
    'are refused': (answer) => answer.writeHead(404).end(),
    'are no JSON': (answer) => answer.end('no\n'),
    'are of another form': (answer) => answer.end('null\n{"Actor":{"ID":"a"}}\n{"Actor":7}\n'),
    'break off': (answer) => answer.destroy(),
  })) {
    it(`is what the wait says where the events ${what}, and a later container asks again`, async (test) => {
      const { container, asked, questions } = await bed(test);
      const one = container('a');
      reply((await asked(1)).answer);
      one.endWait(0);
      const ends = [await one.wait.end];
      let next = container('b');
      await until(() => {
        next = container('b');
        return questions.length === 2;
      }, 'the engine to be asked again');
      (await asked(2)).answer.write(died('b', 0));
      ends.push(await next.wait.end);
      assert.deepEqual(
        ends,
        [0, 0].map((code) => ({ kind: 'exited', code })),
      );
    });
  }
});

it('listens once for all containers, and no longer than to the last of them', async (test) => {
  const { container, asked, questions } = await bed(test);
  const [one, other] = [container('a'), container('b')];
  const { answer, closed } = await asked(1);
  one.wait.stop();
  answer.write(died('b', 0));
  await other.wait.end;
  const before = questions.length;
  other.wait.stop();
  await closed;
  assert.deepEqual([before, one.stopped(), other.stopped()], [1, true, true]);
});
