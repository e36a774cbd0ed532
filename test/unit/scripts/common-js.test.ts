import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import type { Chunk } from '../../../scripts/build/budget.ts';
import { writeCommonJs } from '../../../scripts/build/common-js.ts';

const sources = {
  'extension.js': `
    import * as vscode from 'vscode';
    import { Shared, counted } from './shared.js';
    export { editor as editorOfShared } from './shared.js';
    export const editor = vscode;
    export const here = import.meta.url;
    export const loadFirst = () => import('./first.js');
    export const loadSecond = () => import('./second.js');
    export { Shared, counted };`,
  'shared.js': `
    import * as vscode from 'vscode';
    export class Shared {}
    export let counted = 0;
    export const count = () => { counted += 1; };
    export const editor = vscode;`,
  'first.js': `
    import { common } from './common.js';
    import { Shared, count, counted } from './shared.js';
    export const made = new Shared();
    export { common, count };
    export const seen = () => counted;`,
  'second.js': "import { common } from './common.js'; export { common };",
  'common.js': "import { join } from 'node:path'; export const common = { join };",
} as const;

interface Loaded {
  readonly Shared: new () => object;
  readonly counted: number;
  readonly here: string;
  readonly editor: object;
  readonly editorOfShared: object;
  loadFirst(): Promise<{ made: object; common: object; count(): void; seen(): number }>;
  loadSecond(): Promise<{ common: object }>;
}

describe('an extension written as CommonJS', () => {
  const repository = mkdtempSync(join(tmpdir(), 'hot-functions-bundle-'));
  let chunks: readonly Chunk[];
  let extension: Loaded;
  let editor: object;

  before(async () => {
    mkdirSync(join(repository, 'src'));
    mkdirSync(join(repository, 'node_modules'));
    writeFileSync(join(repository, 'node_modules', 'vscode.js'), 'exports.window = {};');
    for (const [name, text] of Object.entries(sources)) {
      writeFileSync(join(repository, 'src', name), text);
    }
    const split = await build({
      absWorkingDir: repository,
      entryPoints: ['src/extension.js'],
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['vscode'],
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      metafile: true,
      write: false,
    });
    chunks = await writeCommonJs(split, { repository, outputFolder: 'dist', minify: true });
    const file = join(repository, 'dist', 'extension.cjs');
    const load = createRequire(file);
    extension = load(file);
    editor = load('vscode');
  });
  after(() => rmSync(repository, { recursive: true }));

  it('has all that its entry imports statically in one file', () => {
    const onActivation = chunks.filter((chunk) => chunk.onActivation);
    assert.deepEqual(
      onActivation.map(({ file, sources: of }) => [file, [...of.keys()].toSorted()]),
      [['dist/extension.cjs', ['src/extension.js', 'src/shared.js']]],
    );
  });

  it('knows where it is', () => {
    assert.match(extension.here, /^file:.*extension\.cjs$/);
  });

  it('has the editor itself wherever it is imported, and no copies of it', () => {
    assert.deepEqual([extension.editor === editor, extension.editorOfShared === editor], [true, true]);
  });

  it('shares what the entry holds with what is loaded later, as it is at any time', async () => {
    const { made, count, seen } = await extension.loadFirst();
    const before = [seen(), extension.counted];
    count();
    assert.deepEqual([made instanceof extension.Shared, before, seen(), extension.counted], [true, [0, 0], 1, 1]);
  });

  it('has what only later chunks share once', async () => {
    assert.equal((await extension.loadFirst()).common, (await extension.loadSecond()).common);
  });
});
