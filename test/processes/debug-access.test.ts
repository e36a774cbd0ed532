import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Container, PrepareRequest, StartAlteration } from '../../src/core/engine.ts';
import type { FunctionSource } from '../../src/core/route.ts';
import { ProcessEngine, type ProcessEngineOptions } from '../../src/engines/process/process-engine.ts';
import { compileDebuggee, type Debuggee, describeConnections } from '../runner/describe-connections.ts';

let folder: string;
let engine: ProcessEngine;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-debug-'));
  await mkdir(source());
  await compileDebuggee(join(source(), 'debuggee'));
  engine = newEngine();
});
after(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

const source = (): string => join(folder, 'source');
const injected = (): string => join(folder, 'storage', 'injected');
const routeId = 'tests/debuggee';
const never = new AbortController().signal;

function newEngine(overrides: Partial<ProcessEngineOptions> = {}): ProcessEngine {
  return new ProcessEngine({
    env: process.env,
    platform: process.platform,
    execPath: process.execPath,
    storageFolder: join(folder, 'storage'),
    onBuildLog: () => {},
    ...overrides,
  });
}

function prepare(how: Omit<FunctionSource, 'folder'>, more: Partial<PrepareRequest> = {}, by = engine) {
  return by.prepare({ routeId, image: 'image', source: { folder: source(), ...how }, ...more }, () => {}, never);
}

async function start(entrypoint: string[], alteration?: StartAlteration): Promise<Container> {
  const spec = { name: 'test', routeId, format: 'http', memoryMiB: 128, env: { ROUTE: '1' } } as const;
  const container = await engine.start(
    await prepare({ entrypoint }),
    alteration ? { ...spec, alteration } : spec,
    never,
  );
  container.stderr.resume();
  return container;
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text;
}

async function lineOf(stream: Readable): Promise<string> {
  for (;;) {
    const bytes: Buffer | null = stream.read();
    if (bytes !== null) {
      return bytes.toString().trimEnd();
    }
    await new Promise((resolve) => stream.once('readable', resolve));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe('what a function on this machine runs', () => {
  it('is its program with its arguments, in its folder, with what it may have of the machine', async () => {
    const machine = newEngine({ env: { PATH: '/usr/bin:/bin', HOME: '/home/me', SECRET: 'x' } });
    const prepared = await prepare({ entrypoint: ['sh', '-c'], cmd: ['echo hello'] }, {}, machine);
    assert.deepEqual(await machine.inspect(prepared), {
      argv: ['sh', '-c', 'echo hello'],
      env: { PATH: '/usr/bin:/bin', HOME: '/home/me' },
      workingFolder: source(),
    });
  });

  it('is the Node of the editor where there is no other', async () => {
    const machine = newEngine({ env: { PATH: '/none' }, execPath: '/the/editor' });
    const prepared = await prepare({ entrypoint: ['node', 'func.js'] }, {}, machine);
    assert.deepEqual(await machine.inspect(prepared), {
      argv: ['/the/editor', 'func.js'],
      env: { PATH: '/none', ELECTRON_RUN_AS_NODE: '1' },
      workingFolder: source(),
    });
  });
});

describe('a Go function that is built for a debugger', () => {
  it('is another program than the one that calls run', async () => {
    await writeFile(join(source(), 'func.go'), 'package main\n\nfunc main() { println("hello") }\n');
    const [plain, debug, again] = [
      await prepare({ runtime: 'go' }),
      await prepare({ runtime: 'go' }, { debug: true }),
      await prepare({ runtime: 'go' }),
    ];
    const programs = await Promise.all([plain, debug].map((prepared) => engine.inspect(prepared)));
    const names = programs.map(({ argv }) => argv.join(' ').replace(/^.*\//, ''));
    assert.deepEqual(names, ['func', 'func-debug']);
    assert.deepEqual([plain.identity === again.identity, plain.identity === debug.identity], [true, false]);
  });
});

describe('an altered start on this machine', () => {
  afterEach(async () => assert.deepEqual(await readdir(injected()), []));

  it('has its files in a folder that nobody else can look into', async () => {
    const files = [
      { name: 'text', bytes: Buffer.from('some text') },
      { name: 'deep/program', bytes: Buffer.from('a program'), executable: true },
    ] as const;
    let at = '';
    const container = await start(['./debuggee', 'show'], {
      files,
      extraMemoryMiB: 0,
      command: ({ argv, env }, where) => {
        at = where;
        return { argv: [...argv, where, `${where}/text`, `${where}/deep/program`], env: { PATH: env['PATH'] ?? '' } };
      },
    });
    const lines = (await textOf(container.stdout)).split('\n').filter((line) => line.startsWith('/'));
    await container.kill();
    assert.deepEqual(lines, [`${at} 700: `, `${at}/text 600: some text`, `${at}/deep/program 700: a program`]);
  });

  it('is given command and environment, and decides about both', async () => {
    const container = await start(['sh', '-c', 'exit 1'], {
      files: [],
      extraMemoryMiB: 0,
      command: ({ argv, env }) => ({
        argv: ['./debuggee', 'show'],
        env: { GIVEN: argv.join(' '), ROUTE: `${env['ROUTE']} and more` },
      }),
    });
    const lines = (await textOf(container.stdout)).trim().split('\n');
    assert.deepEqual(lines.slice(1).toSorted(), ['GIVEN=sh -c exit 1', 'ROUTE=1 and more']);
    assert.deepEqual(await container.command(), ['./debuggee', 'show']);
    await container.kill();
  });

  it('leaves nothing when it fails', async () => {
    const files = [{ name: 'a', bytes: Buffer.alloc(1) }];
    const command = () => ({ argv: ['./none'], env: {} });
    await assert.rejects(start(['sh'], { files, command, extraMemoryMiB: 0 }), { code: 'start-failed' });
  });

  it('leaves nothing when the engine is disposed of', async () => {
    const other = newEngine();
    const spec = { name: 'test', routeId, format: 'http', memoryMiB: 128, env: {} } as const;
    const alteration: StartAlteration = {
      files: [{ name: 'a', bytes: Buffer.alloc(1) }],
      command: (given) => given,
      extraMemoryMiB: 0,
    };
    const prepared = await prepare({ entrypoint: ['sleep', '1000'] }, {}, other);
    await other.start(prepared, { ...spec, alteration }, never);
    assert.equal((await readdir(injected())).length, 1);
    await other.dispose();
  });
});

describe('a running function on this machine', () => {
  it('tells what there is', async () => {
    const container = await start(['sleep', '1000']);
    const paths = [source(), join(source(), 'debuggee'), join(source(), 'none')];
    assert.deepEqual(await Promise.all(paths.map((path) => container.has(path))), [true, true, false]);
    await container.kill();
  });

  it('gets a signal by itself, not what it has started', async () => {
    const container = await start(['./debuggee', 'serve', String(await freePort())]);
    await lineOf(container.stdout);
    await container.signal('SIGUSR1');
    assert.equal(await lineOf(container.stdout), 'signalled');
    await container.kill();
    await assert.rejects(container.signal('SIGUSR1'), { code: 'debugger-unreachable' });
  });
});

describeConnections('of this machine', async (): Promise<Debuggee> => {
  const port = await freePort();
  const container = await start(['./debuggee', 'serve', String(port)]);
  await lineOf(container.stdout);
  return {
    container,
    port,
    relays: () => [],
    strangers: async () => [],
    close: () => container.kill(),
  };
});

describe('an altered start of a window that was killed', () => {
  it('is removed with what else that window has left', async () => {
    const { endOrphanGroups, injectedFolderOf } = await import('../../src/engines/process/orphans.ts');
    const records = join(folder, 'records');
    for (const window of ['killed', 'live']) {
      await mkdir(join(injectedFolderOf(records, window), 'start-1'), { recursive: true });
    }
    await endOrphanGroups(records, undefined, async () => new Set(['live']));
    assert.deepEqual(await readdir(records), ['live.injected']);
  });
});
