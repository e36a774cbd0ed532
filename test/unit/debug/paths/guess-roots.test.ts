import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { guessRoots } from '../../../../src/debug/paths/guess-roots.ts';
import { routeWith } from '../../route-with.ts';

describe('where a function lies in its container', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'hot-functions-roots-')));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  };
  const guess = (inContainer: readonly string[], found: { argv?: string[]; workingFolder?: string } = {}) =>
    guessRoots(routeWith({ id: 'tests/func', source: { folder } }), {
      engineKind: 'docker',
      found: { argv: ['node', 'func.js'], env: {}, workingFolder: '/', ...found },
      container: { access: { has: async (path) => inContainer.includes(path) } },
    });

  it('is where its Dockerfile copies it', async () => {
    await write({ Dockerfile: 'FROM node\nWORKDIR /function\nCOPY package.json func.js ./\n', 'func.js': '' });
    assert.deepEqual(await guess(['/function/func.js']), { localRoot: folder, remoteRoot: '/function' });
  });

  it('is that of a part of it where only the part is copied', async () => {
    await write({ Dockerfile: 'FROM node\nCOPY src /app\n', 'src/func.js': '', 'test.js': '' });
    assert.deepEqual(await guess(['/app/func.js']), { localRoot: join(folder, 'src'), remoteRoot: '/app' });
  });

  it('is where its image works, if the container has its files there', async () => {
    await write({ Dockerfile: 'FROM ours/ready\n', 'func.js': '' });
    const found = { workingFolder: '/home/me' };
    assert.deepEqual(await guess(['/home/me/func.js'], found), { localRoot: folder, remoteRoot: '/home/me' });
  });

  it('is where its script lies', async () => {
    await write({ 'func.py': '' });
    const found = { argv: ['python3', '/opt/app/func.py'] };
    assert.deepEqual(await guess(['/opt/app/func.py'], found), { localRoot: folder, remoteRoot: '/opt/app' });
  });

  it('of a Go program is where it was compiled, which no container has', async () => {
    await write({
      Dockerfile:
        'FROM golang AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /f .\nFROM scratch\nCOPY --from=build /f /f\n',
      'func.go': '',
    });
    assert.deepEqual(await guess([]), { localRoot: folder, remoteRoot: '/src' });
  });

  it('of a Go program built with -trimpath is its module', async () => {
    await write({
      Dockerfile: 'FROM golang\nCOPY . .\nRUN go build -trimpath -o /f .\n',
      'go.mod': 'module example.com/hot\n\ngo 1.22\n',
    });
    assert.deepEqual(await guess([]), { localRoot: folder, remoteRoot: 'example.com/hot' });
  });

  it('is a guess that says what was tried where nothing proves it', async () => {
    await write({ Dockerfile: 'FROM node\nWORKDIR /function\nCOPY . .\n', 'func.js': '' });
    assert.deepEqual(await guess([], { workingFolder: '/elsewhere' }), {
      localRoot: folder,
      remoteRoot: '/function',
      warning: `Nothing of ${folder} was found in the container (at /function, /elsewhere): set "remoteRoot".`,
    });
  });

  it('of a process is the folder itself, as the process sees it', async () => {
    const link = join(folder, 'link');
    await symlink(folder, link);
    const roots = await guessRoots(routeWith({ source: { folder: link } }), {
      engineKind: 'process',
      found: undefined,
      container: { access: { has: async () => false } },
    });
    assert.deepEqual(roots, { localRoot: link, remoteRoot: folder });
  });
});
