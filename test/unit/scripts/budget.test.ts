import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleSize, type Chunk, checkBudget } from '../../../scripts/build/budget.ts';

function chunk(onActivation: boolean, kib: number, ...sources: readonly string[]): Chunk {
  const bytes = kib * 1024;
  const each = sources.map((source) => [source, bytes / sources.length] as const);
  return { file: 'dist/some.cjs', bytes, onActivation, sources: new Map(each) };
}

describe('the size budget of the bundle', () => {
  const docker = 'node_modules/dockerode/lib/docker.js';

  it('tells what is loaded on activation from what is loaded later', () => {
    const chunks = [
      chunk(true, 10, 'src/extension.ts'),
      chunk(false, 20, 'src/a.ts'),
      chunk(false, 5, 'src/worker.ts'),
    ];
    assert.deepEqual(bundleSize(chunks), { activation: 10 * 1024, total: 35 * 1024 });
  });

  it('takes a Docker client that is imported when it is wanted', () => {
    assert.doesNotThrow(() => checkBudget([chunk(true, 10, 'src/extension.ts'), chunk(false, 100, docker)]));
  });

  it('refuses a Docker client that is loaded on activation', () => {
    assert.throws(() => checkBudget([chunk(true, 10, 'src/extension.ts', docker)]), {
      message: 'Loaded on activation, but must be imported only when needed: dockerode',
    });
  });

  it('names what is largest when activation loads too much', () => {
    const entry = chunk(true, 900, 'src/extension.ts', 'node_modules/large/index.js');
    assert.throws(() => checkBudget([entry]), /over budget \(activation\): 900\.0 of \d+\.0 KiB.*large/);
  });

  it('bounds what is loaded later too', () => {
    assert.throws(
      () => checkBudget([chunk(true, 10, 'src/extension.ts'), chunk(false, 9000, 'src/a.ts')]),
      /\(total\)/,
    );
  });
});
