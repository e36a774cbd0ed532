import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { extract } from 'tar-stream';
import { BuildContexts } from '../../../../src/engines/docker/build-context.ts';
import { packContext } from '../../../../src/engines/docker/pack-context.ts';

const signal = new AbortController().signal;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-context-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function pathsOf(): Promise<string[]> {
  const context = await new BuildContexts().read(folder, {}, signal);
  return context.entries.map((entry) => entry.path);
}

async function hashOf(buildArgs: Record<string, string> = {}, contexts = new BuildContexts()): Promise<string> {
  return (await contexts.read(folder, buildArgs, signal)).hash;
}

async function archived(): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  const tar = extract();
  tar.on('entry', (header, stream, next) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += String(chunk);
    });
    stream.on('end', () => {
      entries[header.name] = [header.type, header.mode?.toString(8), header.linkname ?? text].join(' ');
      next();
    });
  });
  const pack = packContext(await new BuildContexts().read(folder, {}, signal));
  await new Promise((resolve, reject) => {
    pack.on('error', reject);
    tar.on('finish', resolve);
    pack.pipe(tar);
  });
  return entries;
}

describe('a build context', () => {
  it('has all files of the folder, in one order', async () => {
    await write({ Dockerfile: '', 'lib/b.js': '', 'lib/a.js': '', 'func.js': '' });
    assert.deepEqual(await pathsOf(), ['Dockerfile', 'func.js', 'lib', 'lib/a.js', 'lib/b.js']);
  });

  it('leaves out what .dockerignore names', async () => {
    await write({
      Dockerfile: '',
      '.dockerignore': '# why\nnode_modules\n*.log\n',
      'node_modules/x/y.js': '',
      'a.log': '',
    });
    assert.deepEqual(await pathsOf(), ['.dockerignore', 'Dockerfile']);
  });

  it('keeps exceptions in folders that are left out', async () => {
    await write({ Dockerfile: '', '.dockerignore': 'lib\n!lib/keep.js\n', 'lib/keep.js': '', 'lib/drop.js': '' });
    assert.deepEqual(await pathsOf(), ['.dockerignore', 'Dockerfile', 'lib/keep.js']);
  });

  it('has the Dockerfile and .dockerignore even where everything is left out', async () => {
    await write({ Dockerfile: '', '.dockerignore': '**\n', 'func.js': '' });
    assert.deepEqual(await pathsOf(), ['.dockerignore', 'Dockerfile']);
  });

  it('is refused above its limit, by the file that was too much', async () => {
    await write({ Dockerfile: 'x', 'large.bin': 'x'.repeat(3 * 1024 * 1024) });
    await assert.rejects(new BuildContexts(2 * 1024 * 1024).read(folder, {}, signal), {
      code: 'build-failed',
      message: `The build context of ${folder} is larger than 2 MiB, counted up to large.bin.`,
    });
  });

  it('ends at once when aborted', async () => {
    await assert.rejects(new BuildContexts().read(folder, {}, AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('the hash of a build context', () => {
  const changes: Record<string, () => Promise<unknown>> = {
    'another content': () => write({ 'func.js': 'two' }),
    'another name': () => rm(join(folder, 'func.js')).then(() => write({ 'main.js': 'one' })),
    'one more file': () => write({ 'more.js': '' }),
    'one more folder': () => mkdir(join(folder, 'empty')),
    'an executable bit': () => chmod(join(folder, 'func.js'), 0o755),
    'another Dockerfile': () => write({ Dockerfile: 'FROM b' }),
    'a link that leads elsewhere': () => symlink('elsewhere', join(folder, 'link')),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`changes with ${what}`, async () => {
      await write({ Dockerfile: 'FROM a', 'func.js': 'one' });
      const before = await hashOf();
      await change();
      assert.notEqual(await hashOf(), before);
    });
  }

  it('changes with the build arguments, and not with their order', async () => {
    const [a, b, c] = [
      await hashOf({ X: '1', Y: '2' }),
      await hashOf({ Y: '2', X: '1' }),
      await hashOf({ X: '2', Y: '2' }),
    ];
    assert.deepEqual([a === b, a === c], [true, false]);
  });

  it('stays the same when a file is written again as it was', async () => {
    await write({ 'func.js': 'one' });
    const before = await hashOf();
    await rm(join(folder, 'func.js'));
    await write({ 'func.js': 'one' });
    assert.equal(await hashOf(), before);
  });

  it('stays the same when something left out changes', async () => {
    await write({ '.dockerignore': 'out', 'out/a': '1' });
    const before = await hashOf();
    await write({ 'out/a': '2', 'out/b': '' });
    assert.equal(await hashOf(), before);
  });

  it('is not read again from files that look as they did', async () => {
    await write({ 'func.js': 'one' });
    const past = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'func.js'), past, past);
    const contexts = new BuildContexts();
    const before = await hashOf({}, contexts);
    await write({ 'func.js': 'two' });
    await utimes(join(folder, 'func.js'), past, past);
    assert.equal(await hashOf({}, contexts), before);
  });

  it('is read again from files so young that a change may not show in their time', async () => {
    await write({ 'func.js': 'one' });
    const now = new Date();
    await utimes(join(folder, 'func.js'), now, now);
    const contexts = new BuildContexts();
    const before = await hashOf({}, contexts);
    await write({ 'func.js': 'two' });
    await utimes(join(folder, 'func.js'), now, now);
    assert.notEqual(await hashOf({}, contexts), before);
  });
});

describe('the archive of a build context', () => {
  it('has folders, files with their executable bit, and links as links', async () => {
    await write({ Dockerfile: 'FROM scratch', 'bin/run': 'binary', empty: '' });
    await chmod(join(folder, 'bin/run'), 0o700);
    await chmod(join(folder, 'Dockerfile'), 0o600);
    await symlink('/etc/passwd', join(folder, 'link'));
    assert.deepEqual(await archived(), {
      'bin/': 'directory 755 ',
      'bin/run': 'file 755 binary',
      Dockerfile: 'file 644 FROM scratch',
      empty: 'file 644 ',
      link: 'symlink 777 /etc/passwd',
    });
  });

  it('fails for a file that changed after it was hashed', async () => {
    await write({ 'func.js': 'one' });
    const context = await new BuildContexts().read(folder, {}, signal);
    await write({ 'func.js': 'longer' });
    const pack = packContext(context);
    const error = await new Promise<Error>((resolve) => pack.on('error', resolve).resume());
    assert.equal(error.name, 'ContextChangedError');
  });
});
