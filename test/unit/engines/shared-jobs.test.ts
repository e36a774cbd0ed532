import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PrepareProgress } from '../../../src/core/engine.ts';
import { SharedJobs } from '../../../src/engines/shared-jobs.ts';

const signal = new AbortController().signal;
const quiet = (): void => {};

/** Work that ends when it is told to, and remembers how often it began. */
class Work {
  began = 0;
  signal: AbortSignal | undefined;
  report: (progress: PrepareProgress) => void = quiet;
  readonly #end = Promise.withResolvers<string>();
  readonly finish = this.#end.resolve;
  readonly fail = this.#end.reject;
  readonly run = (report: (progress: PrepareProgress) => void, workSignal: AbortSignal): Promise<string> => {
    this.began += 1;
    this.report = report;
    this.signal = workSignal;
    return this.#end.promise;
  };
}

describe('SharedJobs', () => {
  it('does the same thing once for all who ask meanwhile', async () => {
    const jobs = new SharedJobs();
    const work = new Work();
    const both = [jobs.run('image', 'a', work.run, quiet, signal), jobs.run('image', 'a', work.run, quiet, signal)];
    work.finish('id');
    assert.deepEqual(await Promise.all(both), [
      { kind: 'done', value: 'id' },
      { kind: 'done', value: 'id' },
    ]);
    assert.equal(work.began, 1);
  });

  it('does it again for who asks afterwards', async () => {
    const jobs = new SharedJobs();
    const work = new Work();
    work.finish('id');
    await jobs.run('image', 'a', work.run, quiet, signal);
    await jobs.run('image', 'a', work.run, quiet, signal);
    assert.equal(work.began, 2);
  });

  it('lets another thing under the same key wait, and then look again', async () => {
    const jobs = new SharedJobs();
    const [first, second] = [new Work(), new Work()];
    const mine = jobs.run('image', 'a', first.run, quiet, signal);
    const other = jobs.run('image', 'b', second.run, quiet, signal);
    first.finish('id');
    assert.deepEqual([await mine, await other, second.began], [{ kind: 'done', value: 'id' }, { kind: 'other' }, 0]);
  });

  it('tells a failure to all', async () => {
    const jobs = new SharedJobs();
    const work = new Work();
    const both = [jobs.run('image', 'a', work.run, quiet, signal), jobs.run('image', 'a', work.run, quiet, signal)];
    work.fail(new Error('no'));
    const outcomes = await Promise.allSettled(both);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['rejected', 'rejected'],
    );
  });

  it('tells progress to all who wait', () => {
    const jobs = new SharedJobs();
    const work = new Work();
    const heard: string[] = [];
    for (const name of ['one', 'two']) {
      void jobs.run('image', 'a', work.run, ({ message }) => heard.push(`${name} ${message}`), signal);
    }
    work.report({ phase: 'building', message: 'half' });
    assert.deepEqual(heard, ['one half', 'two half']);
  });

  it('goes on for the others when one goes away, and ends when all have', async () => {
    const jobs = new SharedJobs();
    const work = new Work();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = jobs.run('image', 'a', work.run, quiet, first.signal);
    const two = jobs.run('image', 'a', work.run, quiet, second.signal);
    first.abort();
    await assert.rejects(one, { name: 'AbortError' });
    const afterOne = work.signal?.aborted;
    second.abort();
    await assert.rejects(two, { name: 'AbortError' });
    assert.deepEqual([afterOne, work.signal?.aborted], [false, true]);
  });
});
