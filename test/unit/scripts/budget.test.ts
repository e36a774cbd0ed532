import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleSize, type Chunk, checkBudget } from '../../../scripts/build/budget.ts';

interface Contents {
  readonly kib: number;
  /** What is loaded with it; what is imported later is not among it. */
  readonly imports?: readonly string[];
  readonly modules: readonly string[];
}

function chunk(name: string, { kib, imports = [], modules }: Contents): Chunk {
  return {
    name,
    fileName: `${name}.cjs`,
    isEntry: name === 'extension',
    code: ' '.repeat(kib * 1024),
    imports: [...imports],
    modules: Object.fromEntries(modules.map((file) => [file, { renderedLength: (kib * 1024) / modules.length }])),
  };
}

describe('the size budget of the bundle', () => {
  const docker = chunk('docker', { kib: 100, modules: ['node_modules/dockerode/lib/docker.js'] });

  it('counts as loaded on activation what the entry imports statically, through any number of chunks', () => {
    const chunks = [
      chunk('worker', { kib: 5, modules: ['src/worker.ts'] }),
      chunk('extension', { kib: 10, imports: ['a.cjs'], modules: ['src/extension.ts'] }),
      chunk('a', { kib: 20, imports: ['b.cjs', 'node:fs'], modules: ['src/a.ts'] }),
      chunk('b', { kib: 30, imports: ['a.cjs'], modules: ['src/b.ts'] }),
      docker,
    ];
    assert.deepEqual(bundleSize(chunks), { activation: 60 * 1024, total: 165 * 1024 });
  });

  it('counts bytes, not characters', () => {
    const entry = { ...chunk('extension', { kib: 0, modules: ['src/extension.ts'] }), code: '"→"' };
    assert.deepEqual(bundleSize([entry]), { activation: 5, total: 5 });
  });

  it('takes a Docker client that is imported when it is wanted', () => {
    const entry = chunk('extension', { kib: 10, modules: ['src/extension.ts'] });
    assert.doesNotThrow(() => checkBudget([entry, docker]));
  });

  it('refuses a Docker client that is loaded on activation', () => {
    const entry = chunk('extension', { kib: 10, imports: ['docker.cjs'], modules: ['src/extension.ts'] });
    assert.throws(() => checkBudget([entry, docker]), {
      message: 'Loaded on activation, but must be imported only when needed: dockerode',
    });
  });

  it('names what is largest when activation loads too much', () => {
    const modules = ['src/extension.ts', 'node_modules/large/index.js', 'node_modules/larger/index.js'];
    const entry = chunk('extension', { kib: 900, modules });
    assert.throws(() => checkBudget([entry]), /over budget \(activation\): 900\.0 of \d+\.0 KiB.*large/);
  });

  it('bounds what is loaded later too', () => {
    const entry = chunk('extension', { kib: 10, modules: ['src/extension.ts'] });
    const later = chunk('a', { kib: 9000, modules: ['src/a.ts'] });
    assert.throws(() => checkBudget([entry, later]), /\(total\)/);
  });
});
