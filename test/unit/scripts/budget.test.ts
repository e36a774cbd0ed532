import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Metafile } from 'esbuild';
import { bundleSize, checkBudget } from '../../../scripts/build/budget.ts';

type Output = Metafile['outputs'][string];
type Import = Output['imports'][number];

const statically = (path: string): Import => ({ path, kind: 'import-statement' });
const lazily = (path: string): Import => ({ path, kind: 'dynamic-import' });

function output(kib: number, imports: readonly Import[], inputs: readonly string[]): Output {
  const bytes = kib * 1024;
  return {
    bytes,
    imports: [...imports],
    exports: [],
    inputs: Object.fromEntries(inputs.map((input) => [input, { bytesInOutput: bytes / inputs.length }])),
  };
}

function bundle(entry: Output, chunks: Record<string, Output>): Metafile {
  return { inputs: {}, outputs: { 'dist/extension.js': { ...entry, entryPoint: 'src/extension.ts' }, ...chunks } };
}

describe('the size budget of the bundle', () => {
  const docker = output(100, [], ['node_modules/dockerode/lib/docker.js']);

  it('counts as loaded on activation what the entry imports statically, through any number of chunks', () => {
    const metafile = bundle(output(10, [statically('dist/a.js'), lazily('dist/docker.js')], ['src/extension.ts']), {
      'dist/a.js': output(20, [statically('dist/b.js'), { ...statically('node:fs'), external: true }], ['src/a.ts']),
      'dist/b.js': output(30, [statically('dist/a.js')], ['src/b.ts']),
      'dist/docker.js': docker,
      'dist/extension.js.map': output(1000, [], []),
    });
    assert.deepEqual(bundleSize(metafile), { activation: 60 * 1024, total: 160 * 1024 });
  });

  it('takes a Docker client that is imported when it is wanted', () => {
    const entry = output(10, [lazily('dist/docker.js')], ['src/extension.ts']);
    assert.doesNotThrow(() => checkBudget(bundle(entry, { 'dist/docker.js': docker })));
  });

  it('refuses a Docker client that is loaded on activation', () => {
    const entry = output(10, [statically('dist/docker.js')], ['src/extension.ts']);
    assert.throws(() => checkBudget(bundle(entry, { 'dist/docker.js': docker })), {
      message: 'Loaded on activation, but must be imported only when needed: dockerode',
    });
  });

  it('names what is largest when activation loads too much', () => {
    const entry = output(900, [], ['src/extension.ts', 'node_modules/large/index.js', 'node_modules/larger/index.js']);
    assert.throws(() => checkBudget(bundle(entry, {})), /over budget \(activation\): 900\.0 of \d+\.0 KiB.*large/);
  });

  it('bounds what is loaded later too', () => {
    const entry = output(10, [lazily('dist/a.js')], ['src/extension.ts']);
    assert.throws(() => checkBudget(bundle(entry, { 'dist/a.js': output(9000, [], ['src/a.ts']) })), /\(total\)/);
  });
});
