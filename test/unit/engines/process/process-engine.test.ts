import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, PrepareProgress } from '../../../../src/core/engine.ts';
import type { FunctionSource } from '../../../../src/core/route.ts';
import { ProcessEngine, type ProcessEngineOptions } from '../../../../src/engines/process/process-engine.ts';
import { until } from '../../../until.ts';

let folder = '';
let engine: ProcessEngine;
let buildLog: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-process-'));
  await mkdir(join(folder, 'source'));
  buildLog = [];
  engine = newEngine();
});
afterEach(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

function newEngine(overrides: Partial<ProcessEngineOptions> = {}): ProcessEngine {
  return new ProcessEngine({
    env: process.env,
    platform: process.platform,
    execPath: process.execPath,
    storageFolder: join(folder, 'storage'),
    onBuildLog: (_routeId, line) => buildLog.push(line),
    ...overrides,
  });
}

const source = (): string => join(folder, 'source');
const spec = { name: 'test-1', routeId: 'tests/function', format: 'default', memoryMiB: 128 } as const;

async function prepare(how: Omit<FunctionSource, 'folder'>, files: Record<string, string> = {}) {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(source(), name), text);
  }
  const request = { routeId: 'tests/function', image: 'image', source: { folder: source(), ...how } };
  return engine.prepare(request, () => {}, AbortSignal.timeout(60_000));
}

async function start(
  how: Omit<FunctionSource, 'folder'>,
  files: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<Container> {
  return engine.start(await prepare(how, files), { ...spec, env }, AbortSignal.timeout(30_000));
}

const shell = (script: string, env: Record<string, string> = {}): Promise<Container> =>
  start({ entrypoint: ['sh', '-c', script] }, {}, env);

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
      return bytes.toString('utf8').trimEnd();
    }
    await new Promise((resolve) => stream.once('readable', resolve));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilDead(pid: number): Promise<void> {
  for (const end = Date.now() + 5_000; isAlive(pid); await delay(10)) {
    assert.ok(Date.now() < end, `process ${pid} is still there`);
  }
}

describe('a function in a language', () => {
  const functions: Record<string, { runtime: string; files: Record<string, string> }> = {
    Node: { runtime: 'node', files: { 'func.js': 'process.stdin.pipe(process.stdout)' } },
    Python: { runtime: 'python', files: { 'func.py': 'import sys\nsys.stdout.write(sys.stdin.read())' } },
    shell: { runtime: 'shell', files: { 'func.sh': 'cat' } },
    'Go with a module': {
      runtime: 'go',
      files: {
        'go.mod': 'module example.com/function\ngo 1.18\n',
        'func.go': 'package main\nimport ("io"; "os")\nfunc main() { io.Copy(os.Stdout, os.Stdin) }\n',
      },
    },
    'Go without a module': {
      runtime: 'go',
      files: {
        'func.go': 'package main\nfunc main() { echo() }\n',
        'echo.go': 'package main\nimport ("io"; "os")\nfunc echo() { io.Copy(os.Stdout, os.Stdin) }\n',
        'func_test.go': 'package main\nthis is no Go\n',
      },
    },
  };
  for (const [language, { runtime, files }] of Object.entries(functions)) {
    it(`gets its input and gives its output: ${language}`, async () => {
      const container = await start({ runtime }, files);
      container.stdin.end('payload');
      assert.deepEqual(
        [await textOf(container.stdout), await textOf(container.stderr), await container.exit],
        ['payload', '', { reason: 'exit', code: 0 }],
      );
    });
  }

  it('runs on the Node of this process where the path has none', async () => {
    engine = newEngine({ env: { PATH: '/nowhere' } });
    const code = 'process.stdout.write(process.execPath + " " + process.env.ELECTRON_RUN_AS_NODE)';
    const container = await start({ runtime: 'node' }, { 'func.js': code });
    assert.equal(await textOf(container.stdout), `${process.execPath} 1`);
  });

  it('runs in its folder', async () => {
    const container = await shell('pwd');
    assert.equal(await textOf(container.stdout), `${source()}\n`);
  });

  it('runs a program of its folder', async () => {
    await writeFile(join(source(), 'program'), '#!/bin/sh\necho here "$@"\n');
    await chmod(join(source(), 'program'), 0o755);
    const container = await start({ entrypoint: ['./program'], cmd: ['with', 'a word'] });
    assert.equal(await textOf(container.stdout), 'here with a word\n');
  });
});

describe('the stdio of a process', () => {
  it('is made of pipes, which functions can open by their names as in a container', async () => {
    const container = await shell('cat /dev/stdin >/dev/stdout; echo failed >/dev/stderr');
    container.stdin.end('payload');
    assert.deepEqual([await textOf(container.stdout), await textOf(container.stderr)], ['payload', 'failed\n']);
  });

  it('carries many exchanges one after the other', async () => {
    const container = await start({ entrypoint: ['cat'] });
    const answers: string[] = [];
    for (let count = 0; count < 200; count++) {
      container.stdin.write(`${count}\n`);
      answers.push(await lineOf(container.stdout));
    }
    assert.deepEqual(answers, [...Array(200).keys()].map(String));
  });

  it('keeps every byte that was written before the exit', async () => {
    const container = await shell('head -c 10000000 /dev/zero; head -c 1000000 /dev/zero >&2');
    container.stderr.resume();
    assert.deepEqual(
      [(await textOf(container.stdout)).length, await container.exit],
      [10_000_000, { reason: 'exit', code: 0 }],
    );
  });

  it('makes a function wait that writes faster than it is read', async () => {
    const container = await shell('head -c 50000000 /dev/zero; echo done >&2');
    let done = false;
    container.stderr.on('data', () => {
      done = true;
    });
    await new Promise((resolve) => container.stdout.once('readable', resolve));
    await delay(200);
    const held = { done, little: container.stdout.readableLength < 1024 * 1024 };
    assert.deepEqual([held, (await textOf(container.stdout)).length], [{ done: false, little: true }, 50_000_000]);
  });

  it('survives writing to a function that is gone', async () => {
    const container = await shell('exit 0');
    container.stdin.write('x'.repeat(1_000_000));
    container.stdout.resume();
    await container.exit;
    const error = await new Promise((resolve) => container.stdin.write('too late', resolve));
    assert.ok(error instanceof Error);
  });

  it('is gone with the process, for every process', async () => {
    const count = async () => (await readdir('/proc/self/fd')).length;
    const run = async () => {
      const container = await shell('echo x');
      await Promise.all([textOf(container.stdout), textOf(container.stderr), container.exit]);
    };
    await run();
    const before = await count();
    for (let index = 0; index < 10; index++) {
      await run();
    }
    await until(async () => (await count()) <= before, 'every descriptor to be closed');
  });
});

describe('the environment of a process', () => {
  it('has nothing of this process but path, home and locale', async () => {
    engine = newEngine({ env: { PATH: process.env['PATH'], HOME: '/home/me', LC_ALL: 'C', SECRET: 'x' } });
    const container = await start({ entrypoint: ['env'] }, {}, { FN_FORMAT: 'default' });
    const lines = (await textOf(container.stdout)).trimEnd().split('\n');
    assert.deepEqual(lines.sort(), ['FN_FORMAT=default', 'HOME=/home/me', 'LC_ALL=C', `PATH=${process.env['PATH']}`]);
  });
});

describe('the exit of a process', () => {
  for (const code of [0, 3, 137]) {
    it(`is its exit code ${code}`, async () => {
      const container = await shell(`exit ${code}`);
      container.stdout.resume();
      assert.deepEqual(await container.exit, { reason: 'exit', code });
    });
  }

  it('is 128 and the number of the signal, if one has ended it', async () => {
    const container = await shell('kill -SEGV $$');
    container.stdout.resume();
    assert.deepEqual(await container.exit, { reason: 'exit', code: 139 });
  });

  it('is "killed" after a kill, which takes all that it started and may be repeated', async () => {
    const container = await shell('sleep 1000 & echo $!; wait');
    const child = Number(await lineOf(container.stdout));
    await Promise.all([container.kill(), container.kill()]);
    await untilDead(child);
    await container.kill();
    assert.deepEqual(await container.exit, { reason: 'killed' });
  });

  it('is "killed" also if nobody reads what the function writes', async () => {
    const container = await shell('head -c 50000000 /dev/zero');
    await new Promise((resolve) => container.stdout.once('readable', resolve));
    await container.kill();
    assert.deepEqual(await container.exit, { reason: 'killed' });
  });

  it('takes with it what the function has left running, as in a container', async () => {
    const container = await shell('sleep 1000 & echo $!');
    const child = Number(await lineOf(container.stdout));
    container.stdout.resume();
    assert.deepEqual(await container.exit, { reason: 'exit', code: 0 });
    await untilDead(child);
  });

  it('does not wait for somebody who left the group and holds the output', async () => {
    const container = await shell('setsid sleep 1000 & echo $!; sleep 0.1');
    const [pid] = (await lineOf(container.stdout)).split('\n');
    const rest = textOf(container.stdout);
    const outcome = await container.exit;
    process.kill(Number(pid), 'SIGKILL');
    assert.deepEqual([outcome, await rest], [{ reason: 'exit', code: 0 }, '']);
  });

  it('settles after its stdout has ended for the reader', async () => {
    const container = await shell('echo x');
    const order: string[] = [];
    const exit = container.exit.then(() => order.push('exit'));
    await delay(1_000);
    order.push('begin to read');
    container.stdout.on('end', () => order.push('end of stdout')).resume();
    container.stderr.resume();
    await exit;
    assert.deepEqual(order, ['begin to read', 'end of stdout', 'exit']);
  });

  it('does not wait for a stderr that nobody reads', async () => {
    const container = await shell('echo error >&2');
    container.stdout.resume();
    assert.deepEqual([await container.exit, await textOf(container.stderr)], [{ reason: 'exit', code: 0 }, 'error\n']);
  });

  it('is the function’s own after SIGTERM, if it has a handler', async () => {
    const container = await shell('trap "echo bye; exit 4" TERM; echo ready; while :; do sleep 0.05; done');
    await lineOf(container.stdout);
    await container.terminate();
    assert.deepEqual([await textOf(container.stdout), await container.exit], ['bye\n', { reason: 'exit', code: 4 }]);
  });
});

describe('a process that cannot start', () => {
  it('says which program is missing', async () => {
    await assert.rejects(start({ entrypoint: ['no-such-program', 'x'] }), {
      code: 'start-failed',
      message: 'tests/function needs no-such-program: not found.',
    });
  });

  it('says which file cannot be run', async () => {
    await writeFile(join(source(), 'plain'), 'text');
    await assert.rejects(start({ entrypoint: ['./plain'] }), {
      code: 'start-failed',
      message: `tests/function: ./plain did not start in ${source()}: spawn ./plain EACCES.`,
    });
  });

  it('says that the folder is gone', async () => {
    const prepared = await prepare({ entrypoint: ['cat'] });
    await rm(source(), { recursive: true });
    await assert.rejects(engine.start(prepared, { ...spec, env: {} }, AbortSignal.timeout(30_000)), {
      code: 'start-failed',
      hint: 'The folder does not exist any more.',
    });
  });

  it('does not begin when it is aborted before', async () => {
    const prepared = await prepare({ entrypoint: ['sleep', '1000'] });
    await assert.rejects(engine.start(prepared, { ...spec, env: {} }, AbortSignal.abort()), { code: 'aborted' });
  });
});

describe('what was prepared', () => {
  it('has the same identity until the code changes', async () => {
    const first = await prepare({ runtime: 'shell' }, { 'func.sh': 'echo 1' });
    const second = await prepare({ runtime: 'shell' });
    const third = await prepare({ runtime: 'shell' }, { 'func.sh': 'echo changed' });
    assert.deepEqual([first.identity === second.identity, first.identity === third.identity], [true, false]);
  });

  const main = (body: string): string => `package main\nimport "os"\nfunc main() { ${body} }\n`;

  it('is built once for Go as long as nothing changes', async () => {
    const first = await prepare({ runtime: 'go' }, { 'func.go': main('os.Exit(1)') });
    const second = await prepare({ runtime: 'go' });
    const third = await prepare({ runtime: 'go' }, { 'func.go': main('os.Exit(22)') });
    assert.deepEqual([first.identity === second.identity, first.identity === third.identity], [true, false]);
  });

  it('says what it builds, and logs it', async () => {
    const progress: PrepareProgress[] = [];
    await writeFile(join(source(), 'func.go'), main('os.Exit(1)'));
    const request = { routeId: 'tests/go', image: 'image', source: { folder: source(), runtime: 'go' } };
    await engine.prepare(request, (step) => progress.push(step), AbortSignal.timeout(60_000));
    assert.deepEqual(
      [progress, buildLog[0]?.split(' ').slice(0, 2)],
      [[{ phase: 'building', message: `go build in ${source()}` }], ['go', 'build']],
    );
  });

  it('is no program if Go finds an error, which it names', async () => {
    await assert.rejects(prepare({ runtime: 'go' }, { 'func.go': main('os.Nonsense()') }), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'build-failed');
      assert.match(error.message, /func\.go:3:\d+: undefined: os\.Nonsense/);
      return true;
    });
  });

  it('is not there when its build is cancelled', async () => {
    await writeFile(join(source(), 'func.go'), main('os.Exit(1)'));
    const request = { routeId: 'tests/go', image: 'image', source: { folder: source(), runtime: 'go' } };
    const controller = new AbortController();
    await assert.rejects(
      engine.prepare(request, () => controller.abort(), controller.signal),
      { code: 'aborted' },
    );
  });
});

describe('a process engine that is disposed of', () => {
  it('kills all that it runs and starts nothing any more', async () => {
    const prepared = await prepare({ entrypoint: ['sleep', '1000'] });
    const starting = [1, 2, 3].map(() => engine.start(prepared, { ...spec, env: {} }, AbortSignal.timeout(30_000)));
    const running = await Promise.all(starting);
    await engine.dispose();
    const left = running.filter((container) => isAlive(Number(container.engineId)));
    const exits = await Promise.all(running.map((container) => container.exit));
    assert.deepEqual([left, exits], [[], Array(3).fill({ reason: 'killed' })]);
    await assert.rejects(engine.start(prepared, { ...spec, env: {} }, AbortSignal.timeout(30_000)), {
      code: 'closing',
    });
  });
});
