import { figureOf } from '../figure.ts';
import { answerSize, bareExchange } from '../floor/bare-exchange.ts';
import { cpuOf, type Interleaved, interleaved, sittings, timeOf } from '../interleaved.ts';
import { echo, payload, type Stage } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** A call to a hot function in a container, against the same bytes on an attached socket. */
export const hotDocker: Subject = {
  name: 'hot-docker',
  guarded: true,
  measure: async (stage) => {
    const turns = await sittings(stage.quick ? 2 : 5, () => sitting(stage));
    const goal = { bound: 'at most', mustReach: 1.5, aim: 1.2 } as const;
    return [figureOf(timeOf('hot call, docker', turns), goal), figureOf(cpuOf('hot call, docker, CPU', turns), goal)];
  },
};

async function sitting(stage: Stage): Promise<Interleaved> {
  const route = stage.route('/hot');
  const runner = stage.runner(stage.docker, [route]);
  await echo(runner, route);
  const bytes = stage.requestBytes(route, payload);
  const { id, socket } = await stage.raw.startHot(stage.image);
  const size = await answerSize(socket, socket, bytes);
  const turns = await interleaved(
    { rounds: stage.quick ? 15 : 40, perTurn: 100 },
    { run: () => echo(runner, route) },
    { run: () => bareExchange(socket, socket, bytes, size) },
  );
  await stage.raw.remove(id);
  await runner.close();
  return turns;
}
