import { figureOf } from '../figure.ts';
import { answerSize, bareExchange } from '../floor/bare-exchange.ts';
import { interleaved, timeOf } from '../interleaved.ts';
import { echo, noContainers, payload } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** The call that starts a hot container, against create, attach, start and one bare exchange. */
export const firstHotDocker: Subject = {
  name: 'first-hot-docker',
  guarded: true,
  measure: async (stage) => {
    const route = stage.route('/hot');
    const runner = stage.runner(stage.docker, [route]);
    const bytes = stage.requestBytes(route, payload);
    const measured = await stage.raw.startHot(stage.image);
    const size = await answerSize(measured.socket, measured.socket, bytes);
    let last = measured.id;
    await stage.raw.remove(last);
    const turns = await interleaved(
      { rounds: stage.quick ? 6 : 40, perTurn: 1 },
      {
        run: () => echo(runner, route),
        settle: async () => {
          await runner.stopContainers();
          await noContainers(runner);
        },
      },
      {
        run: async () => {
          const { id, socket } = await stage.raw.startHot(stage.image);
          last = id;
          await bareExchange(socket, socket, bytes, size);
        },
        settle: async () => void (await stage.raw.remove(last)),
      },
    );
    await runner.close();
    return [
      figureOf(timeOf('first call of a hot route, docker', turns), { bound: 'at most', mustReach: 1.1, aim: 1.02 }),
    ];
  },
};
