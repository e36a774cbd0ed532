import process from 'node:process';
import type { CallRequest } from '../../src/core/call.ts';
import { recordingDefaults, retentionDefaults } from '../../src/core/calls/call-record.ts';
import { systemClock } from '../../src/core/clock.ts';
import { CallStorage } from '../../src/store/calls/call-storage.ts';
import { figureOf } from '../figure.ts';
import { anywhere, canPlace, place } from '../placement.ts';
import { echo, payload } from '../stage.ts';
import { quantile, sampleOf } from '../statistics.ts';
import type { Subject } from '../subject.ts';

const callsOfTurn = 2000;
const warmUpTurns = 3;

const request: CallRequest = {
  body: payload,
  headers: [
    ['User-Agent', 'bench'],
    ['Accept', '*/*'],
    ['Content-Type', 'text/plain'],
  ],
};

/** What the history costs the thread that calls run on: calls that it follows, by turns with calls that it does not. */
export const store: Subject = {
  name: 'store',
  guarded: true,
  measure: async (stage) => {
    const storage = new CallStorage({
      storageFolder: stage.newFolder(`store-${Date.now()}`),
      workerScript: new URL('../../src/store/calls/call-worker.ts', import.meta.url),
      window: Promise.resolve(undefined),
      clock: systemClock,
      settings: () => ({ recording: recordingDefaults, retention: retentionDefaults, secretNames: [] }),
      tell: (message) => console.error(message),
      maxRequestBytes: 1024,
    });
    const route = stage.route('/hot');
    const runner = stage.runner(stage.processes, [route]);
    await echo(runner, route);
    const placed = canPlace();
    if (placed) {
      const functions = runner.containers().map(({ engineId }) => Number(engineId));
      place('on one processor', functions);
    }
    const turn = async (): Promise<number> => {
      const before = process.threadCpuUsage();
      for (let call = 0; call < callsOfTurn; call += 1) {
        await echo(runner, route, request);
      }
      // Until the worker has written it: its messages are taken on this thread.
      await storage.store.list({ limit: 1 });
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / callsOfTurn;
    };
    const added: number[] = [];
    for (let round = 0; round < warmUpTurns + (stage.quick ? 10 : 40); round += 1) {
      const without = await turn();
      const following = storage.recorder.follow(runner);
      const followed = await turn();
      following.dispose();
      if (round >= warmUpTurns) {
        added.push(followed - without);
      }
    }
    if (placed) {
      anywhere();
    }
    await storage.store.close();
    await runner.close();
    return [
      figureOf(
        {
          id: 'call store, CPU added to a call on its thread',
          unit: 'µs',
          value: quantile(added, 0.5),
          spread: { value: sampleOf(added) },
        },
        { bound: 'at most', mustReach: 10, aim: 3 },
      ),
    ];
  },
};
