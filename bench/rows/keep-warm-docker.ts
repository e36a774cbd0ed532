import type { Runner } from '../../src/core/runner.ts';
import { figureOf } from '../figure.ts';
import { interleaved, timeOf } from '../interleaved.ts';
import { echo } from '../stage.ts';
import type { Subject } from '../subject.ts';

/** A call of a route that is kept warm, once its container waits, against a cold call of the same function. */
export const keepWarmDocker: Subject = {
  name: 'keep-warm-docker',
  guarded: true,
  measure: async (stage) => {
    const warm = stage.route('/warm', { format: 'default', idleTimeoutMs: 600_000 });
    const cold = stage.route('/cold', { format: 'default' });
    const runner = stage.runner(stage.docker, [warm, cold]);
    runner.keepWarm(new Set([warm.id]));
    const settle = (): Promise<void> => onlyOneWaits(runner);
    await echo(runner, warm);
    await settle();
    const turns = await interleaved(
      { rounds: stage.quick ? 6 : 40, perTurn: 1 },
      { run: () => echo(runner, warm), settle },
      { run: () => echo(runner, cold), settle },
    );
    await runner.close();
    return [figureOf(timeOf('kept-warm call, docker', turns), { bound: 'at most', mustReach: 0.3, aim: 0.05 })];
  },
};

/** Settles when what was called is gone, and the container for the next call waits. */
async function onlyOneWaits(runner: Runner): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      const [first, ...more] = runner.containers();
      if (first?.state.kind === 'idle' && more.length === 0) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = runner.onDidChangeContainers(() => queueMicrotask(look));
    look();
  });
}
