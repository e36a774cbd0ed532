import { figureOf } from '../figure.ts';
import { coldCall } from '../floor/cold-call.ts';
import { interleaved, timeOf } from '../interleaved.ts';
import { echo, noContainers, payload } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** A cold call, against create, attach, start and wait by themselves. Removal comes after the answer in both. */
export const coldDocker: Subject = {
  name: 'cold-docker',
  guarded: true,
  measure: async (stage) => {
    const route = stage.route('/cold', { format: 'default' });
    const runner = stage.runner(stage.docker, [route]);
    let last = '';
    const turns = await interleaved(
      { rounds: stage.quick ? 6 : 40, perTurn: 1 },
      { run: () => echo(runner, route), settle: () => noContainers(runner) },
      {
        run: async () => {
          last = await coldCall(stage.raw, stage.image, payload);
        },
        settle: async () => void (await stage.raw.remove(last)),
      },
    );
    await runner.close();
    return [figureOf(timeOf('cold call, docker', turns), { bound: 'at most', mustReach: 1.1, aim: 1.02 })];
  },
};
