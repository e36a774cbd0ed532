import assert from 'node:assert/strict';
import process from 'node:process';
import { describe, it, mock } from 'node:test';
import { CleanUp } from '../../../scripts/clean-up.ts';

describe('cleaning up', () => {
  it('undoes in reverse order, each step once', async () => {
    const done: string[] = [];
    const cleanUp = new CleanUp();
    cleanUp.add(() => void done.push('first'));
    cleanUp.add(async () => void done.push('second'));
    await Promise.all([cleanUp.run(), cleanUp.run()]);
    assert.deepEqual(done, ['second', 'first']);
  });

  it('goes on after a step that fails, and says so', async (t) => {
    const error = t.mock.method(console, 'error', () => {});
    const done: string[] = [];
    const cleanUp = new CleanUp();
    cleanUp.add(() => void done.push('first'));
    cleanUp.add(() => Promise.reject(new Error('gone already')));
    await cleanUp.run();
    assert.deepEqual([done, error.mock.callCount()], [['first'], 1]);
  });

  it('undoes at once what is added when it has begun', async () => {
    const cleanUp = new CleanUp();
    await cleanUp.run();
    const step = mock.fn();
    cleanUp.add(step);
    await cleanUp.run();
    assert.equal(step.mock.callCount(), 1);
  });

  it('listens to signals until it is done', async () => {
    const before = process.listenerCount('SIGTERM');
    const cleanUp = new CleanUp();
    const during = process.listenerCount('SIGTERM');
    await cleanUp.run();
    assert.deepEqual([during - before, process.listenerCount('SIGTERM') - before], [1, 0]);
  });
});
