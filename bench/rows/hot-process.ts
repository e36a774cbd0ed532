import { join } from 'node:path';
import { type Figure, figureOf } from '../figure.ts';
import { answerSize, bareExchange } from '../floor/bare-exchange.ts';
import { startPiped } from '../floor/bare-pipes.ts';
import { cpuOf, type Interleaved, interleaved, sittings, timeOf } from '../interleaved.ts';
import { anywhere, canPlace, type Placement, place } from '../placement.ts';
import { echo, payload, type Stage } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** A call to a hot function that is a process of this machine, against the same bytes on pipes. */
export const hotProcess: Subject = {
  name: 'hot-process',
  guarded: true,
  measure: async (stage) => {
    const placements = canPlace() ? (['on one processor', 'on two processors'] as const) : [undefined];
    const figures: Figure[] = [];
    for (const placement of placements) {
      const turns = await sittings(stage.quick ? 2 : 5, () => sitting(stage, placement));
      const goal = { bound: 'at most', mustReach: 1.8, aim: 1.3 } as const;
      const id = `hot call, process${placement === undefined ? '' : `, ${placement}`}`;
      figures.push(figureOf(timeOf(id, turns), goal), figureOf(cpuOf(`${id}, CPU`, turns), goal));
    }
    return figures;
  },
};

async function sitting(stage: Stage, placement: Placement | undefined): Promise<Interleaved> {
  const route = stage.route('/hot');
  const runner = stage.runner(stage.processes, [route]);
  await echo(runner, route);
  const bytes = stage.requestBytes(route, payload);
  const { child, stdin, stdout } = await startPiped(join(stage.folder, 'function'));
  const size = await answerSize(stdin, stdout, bytes);
  if (placement !== undefined) {
    const functions = runner.containers().map(({ engineId }) => Number(engineId));
    place(placement, [...functions, ...(child.pid === undefined ? [] : [child.pid])]);
  }
  const turns = await interleaved(
    { rounds: stage.quick ? 15 : 30, perTurn: 200 },
    { run: () => echo(runner, route) },
    { run: () => bareExchange(stdin, stdout, bytes, size) },
  );
  if (placement !== undefined) {
    anywhere();
  }
  child.kill();
  await runner.close();
  return turns;
}
