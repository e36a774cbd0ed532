import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { figureOf } from '../figure.ts';
import { answerSize, bareExchange } from '../floor/bare-exchange.ts';
import { cpuOf, type Interleaved, interleaved, sittings, timeOf } from '../interleaved.ts';
import { echo, payload, type Stage } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** A call to a hot function that is a process of this machine, against the same bytes on a child's stdio. */
export const hotProcess: Subject = {
  name: 'hot-process',
  guarded: true,
  measure: async (stage) => {
    const turns = await sittings(stage.quick ? 3 : 10, () => sitting(stage));
    const goal = { bound: 'at most', mustReach: 1.8, aim: 1.3 } as const;
    return [figureOf(timeOf('hot call, process', turns), goal), figureOf(cpuOf('hot call, process, CPU', turns), goal)];
  },
};

async function sitting(stage: Stage): Promise<Interleaved> {
  const route = stage.route('/hot');
  const runner = stage.runner(stage.processes, [route]);
  await echo(runner, route);
  const bytes = stage.requestBytes(route, payload);
  const child = spawn(join(stage.folder, 'function'), {
    env: { FN_FORMAT: 'http' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const size = await answerSize(child.stdin, child.stdout, bytes);
  const turns = await interleaved(
    { rounds: stage.quick ? 15 : 30, perTurn: 200 },
    { run: () => echo(runner, route) },
    { run: () => bareExchange(child.stdin, child.stdout, bytes, size) },
  );
  child.kill();
  await runner.close();
  return turns;
}
