import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallEntry } from '../../src/core/calls/call-record.ts';
import { proofSize } from '../proof-size.ts';
import { randomOf } from '../random.ts';
import { seedOf } from '../seed.ts';
import { CallBed, temporaryFolder } from '../unit/store/call-bed.ts';
import { until } from '../until.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const windows: ChildProcess[] = [];

/** A window in a process of its own; its first line has run. */
async function openWindow(calls: number): Promise<void> {
  const script = join(import.meta.dirname, 'async-window.ts');
  const window = fork(script, [folder.path, String(calls)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const message = await Promise.race([once(window, 'message'), once(window, 'exit')]);
  assert.deepEqual(message, ['begins', undefined], 'the window did not begin');
  windows.push(window);
}

/** SIGKILL, which no process can do anything about. */
async function kill(window: ChildProcess): Promise<void> {
  window.kill('SIGKILL');
  await once(window, 'exit');
  windows.splice(windows.indexOf(window), 1);
}

async function linesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(join(folder.path, file), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  await Promise.all(windows.map(kill));
  await folder.remove();
});

describe('windows that are killed at any moment', () => {
  it('lose no call that was accepted, and none is answered twice', async (test) => {
    const random = randomOf(seedOf(test));
    // No lease: it only reads.
    const reader = new CallBed(folder.path, { id: null });
    const answered = new Map<string, string>();
    const read = async (): Promise<readonly CallEntry[]> => {
      const { calls } = await reader.storage.store.list({ limit: 100_000 });
      for (const { callId, state, finishedAt, attempts, status, error } of calls) {
        if (finishedAt !== undefined) {
          const answer = JSON.stringify({ state, finishedAt, attempts, status, error });
          assert.equal(answer, answered.get(callId) ?? answer, `${callId} was answered twice`);
          answered.set(callId, answer);
        }
      }
      return calls;
    };
    for (let n = 0; n < 2; n += 1) {
      await openWindow(30);
    }
    for (let round = 0; round < proofSize({ quick: 20, full: 200 }); round += 1) {
      await delay(random() * 400);
      const victim = windows[Math.floor(random() * windows.length)];
      await (victim && kill(victim));
      await read();
      await openWindow(30);
    }
    await openWindow(0);
    await until(async () => !(await reader.storage.asyncCalls.anyLeft()), 'all calls to be over');

    const calls = new Map((await read()).map((call) => [call.callId, call]));
    const accepted = (await linesOf('accepted')).map((line) => line.split(' '));
    const runs = new Map<string, number>();
    for (const input of await linesOf('runs')) {
      runs.set(input, (runs.get(input) ?? 0) + 1);
    }
    const wrong = accepted.flatMap(([callId = '', body = '']) => {
      const call = calls.get(callId);
      const ran = runs.get(body) ?? 0;
      const done = call?.state === 'done' && call.status === 200 && ran >= 1 && ran <= call.attempts;
      const poison = call?.state === 'failed' && call.error?.code === 'interrupted' && call.attempts === 3;
      return done || poison ? [] : [{ callId, ran, ...call }];
    });
    const states = Object.groupBy(calls.values(), ({ state }) => state);
    const again = [...calls.values()].filter(({ attempts }) => attempts > 1).length;
    test.diagnostic(
      `${accepted.length} accepted of ${calls.size}: ${states.done?.length ?? 0} done, ${states.failed?.length ?? 0} given up, ${again} run again`,
    );
    await reader.storage.store.close();
    const errors = await linesOf('errors');
    // Few of each: what is told of a thousand calls nobody reads.
    const told = { wrong: wrong.slice(0, 3), errors: errors.slice(0, 3), messages: reader.messages.slice(0, 3) };
    assert.deepEqual(told, { wrong: [], errors: [], messages: [] });
  });
});
