import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Heartbeat } from '../../../../src/engines/docker/heartbeat.ts';

type Answer = 'answers' | 'is silent';

describe('a heartbeat', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  /** What is told of an engine that behaves like this, one ping after the other. */
  async function told(answers: readonly Answer[]): Promise<readonly string[]> {
    const events: string[] = [];
    const left = [...answers];
    const heartbeat = new Heartbeat({
      ping: async () => {
        const answer = left.shift();
        if (left.length === 0) {
          heartbeat.stop();
        }
        if (answer === 'is silent') {
          throw new Error('no answer in time');
        }
      },
      onSilence: () => events.push('silence'),
      onAnswer: () => events.push('answer'),
    });
    heartbeat.start();
    for (const _ of answers) {
      mock.timers.tick(2000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return events;
  }

  it('tells of each answer', async () => {
    assert.deepEqual(await told(['answers', 'answers']), ['answer', 'answer']);
  });

  it('tells of a silence when the engine has been asked twice', async () => {
    assert.deepEqual(await told(['answers', 'is silent', 'is silent', 'answers']), ['answer', 'silence', 'answer']);
  });

  it('takes one missed answer for none: whatever shares this process may have held it up', async () => {
    assert.deepEqual(await told(['is silent', 'answers', 'is silent', 'answers']), ['answer', 'answer']);
  });
});
