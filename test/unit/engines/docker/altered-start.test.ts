import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extract } from 'tar-stream';
import type { StartCommand } from '../../../../src/core/engine.ts';
import { alteredStart } from '../../../../src/engines/docker/altered-start.ts';
import { readImageCommand } from '../../../../src/engines/docker/image-command.ts';
import { packFiles } from '../../../../src/engines/docker/inject-files.ts';

describe('what an image runs, as the engine describes it', () => {
  it('is read from its configuration', () => {
    const Config = { Entrypoint: ['node'], Cmd: ['a', 'b'], Env: ['PATH=/bin', 'X=a=b', 'Y='], WorkingDir: '/app' };
    assert.deepEqual(readImageCommand({ Config }), {
      argv: ['node', 'a', 'b'],
      env: { PATH: '/bin', X: 'a=b', Y: '' },
      workingFolder: '/app',
    });
  });

  it('is nothing, in the root folder, where it says nothing', () => {
    const nothing = { argv: [], env: {}, workingFolder: '/' };
    const empty = { Entrypoint: null, Cmd: null, Env: null, WorkingDir: '' };
    assert.deepEqual([readImageCommand({ Config: empty }), readImageCommand({ Config: {} })], [nothing, nothing]);
  });
});

describe('the options of an altered start', () => {
  const image = { argv: ['node', 'func.js'], env: { PATH: '/bin', KEPT: 'image' }, workingFolder: '/' };
  const options = (command: (given: StartCommand, folder: string) => StartCommand) =>
    alteredStart(image, { KEPT: 'route', MORE: '1' }, { files: [], command, extraMemoryMiB: 0 });

  it('leave the command to the image where it is the same', () => {
    assert.deepEqual(
      options(({ argv, env }) => ({ argv: [...argv], env })),
      { Env: ['PATH=/bin', 'KEPT=route', 'MORE=1'] },
    );
  });

  it('replace entrypoint and command together where it is another', () => {
    const { Entrypoint, Cmd } = options(({ argv, env }, folder) => ({ argv: [`${folder}/dlv`, ...argv], env }));
    assert.deepEqual({ Entrypoint, Cmd }, { Entrypoint: ['/.hot-functions/dlv'], Cmd: ['node', 'func.js'] });
  });

  it('take away what the image has and the result has not', () => {
    assert.deepEqual(options(({ argv }) => ({ argv, env: { MORE: '2' } })).Env, ['MORE=2', 'PATH', 'KEPT']);
  });
});

describe('the files of an altered start', () => {
  it('are packed with the folders above them, once each', async () => {
    const files = [
      { name: 'a', bytes: Buffer.from('one') },
      { name: 'deep/er/b', bytes: Buffer.from('three'), executable: true },
      { name: 'deep/c', bytes: new Uint8Array() },
    ] as const;
    const entries: string[] = [];
    const extraction = extract();
    extraction.on('entry', ({ name, mode = 0, size, uid }, content, next) => {
      entries.push(`${name} ${mode.toString(8)} ${size} ${uid}`);
      content.resume();
      next();
    });
    await new Promise((resolve) => packFiles(files).pipe(extraction).on('finish', resolve));
    assert.deepEqual(entries, [
      '.hot-functions/ 755 0 0',
      '.hot-functions/deep/ 755 0 0',
      '.hot-functions/deep/er/ 755 0 0',
      '.hot-functions/a 644 3 0',
      '.hot-functions/deep/er/b 755 5 0',
      '.hot-functions/deep/c 644 0 0',
    ]);
  });
});
