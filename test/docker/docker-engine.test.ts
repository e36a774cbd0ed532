import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../until.ts';
import { EngineUnderTest, nextBytes, textOf } from './engine-under-test.ts';

let test: EngineUnderTest;

before(async () => {
  test = await EngineUnderTest.open();
});
after(() => test.close());

const mebibyte = 1024 * 1024;

describe('stdio of a container', () => {
  afterEach(() => test.nothingLeft());

  it('has the very first bytes of both outputs', async () => {
    const container = await test.start({ MODE: 'first', TEXT: 'first words' });
    const outputs = await Promise.all([textOf(container.stdout), textOf(container.stderr)]);
    assert.deepEqual([...outputs, await container.exit], ['first words', 'to stderr', { reason: 'exit', code: 0 }]);
  });

  it('has the first bytes every time', async () => {
    const seen = await Promise.all(
      Array.from({ length: 8 }, async () => textOf((await test.start({ MODE: 'first', TEXT: 'x' })).stdout)),
    );
    assert.deepEqual(seen, Array(8).fill('x'));
  });

  it('carries input to the function, and its end, while output goes on', async () => {
    const container = await test.start({ MODE: 'echo' });
    container.stdin.write('hello ');
    const beforeEnd = await nextBytes(container.stdout, 6);
    container.stdin.end('world');
    assert.deepEqual(
      [beforeEnd, await textOf(container.stdout), await container.exit],
      ['hello ', 'world', { reason: 'exit', code: 0 }],
    );
  });

  it('carries many exchanges one after the other', async () => {
    const container = await test.start({ MODE: 'ping' });
    let answers = '';
    for (let count = 0; count < 500; count++) {
      container.stdin.write('a');
      answers += await nextBytes(container.stdout, 1);
    }
    assert.equal(answers, 'a'.repeat(500));
    await container.kill();
  });

  it('keeps every byte of both outputs, in order', async () => {
    const container = await test.start({ MODE: 'flood', COUNT: String(20 * mebibyte) });
    let stderrBytes = 0;
    container.stderr.on('data', (chunk: Buffer) => {
      stderrBytes += chunk.length;
    });
    let stdoutBytes = 0;
    for await (const chunk of container.stdout) {
      stdoutBytes += (chunk as Buffer).length;
    }
    assert.deepEqual(
      [stdoutBytes, stderrBytes, await container.exit],
      [20 * mebibyte, 20 * mebibyte, { reason: 'exit', code: 0 }],
    );
  });

  it('makes a function wait that writes faster than it is read', async () => {
    const container = await test.start({ MODE: 'flood', COUNT: String(64 * mebibyte) });
    container.stderr.resume();
    await until(() => container.stdout.readableLength > 0, 'the first output');
    const held = await settled(() => container.stdout.readableLength);
    assert.ok(held < mebibyte, `${held} bytes are held in memory`);
    let rest = 0;
    for await (const chunk of container.stdout) {
      rest += (chunk as Buffer).length;
    }
    assert.deepEqual([rest, await container.exit], [64 * mebibyte, { reason: 'exit', code: 0 }]);
  });

  it('makes a writer wait whose function does not read', async () => {
    const container = await test.start({ MODE: 'sleep' });
    await nextBytes(container.stdout, 5);
    let taken = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const write = (): void => {
      container.stdin.write(chunk, (error) => {
        if (!error) {
          taken += chunk.length;
          write();
        }
      });
    };
    write();
    const most = await settled(() => taken);
    assert.ok(most > 0 && most < 8 * mebibyte, `${most} bytes were taken`);
    await container.kill();
  });

  it('survives writing to a function that is gone', async () => {
    const container = await test.start({ MODE: 'exit', COUNT: '0' });
    container.stdout.resume();
    await container.exit;
    const error = await new Promise((resolve) => container.stdin.write('too late', resolve));
    assert.ok(error instanceof Error);
  });
});

describe('exit of a container', () => {
  afterEach(() => test.nothingLeft());

  for (const code of [0, 1, 42]) {
    it(`is its exit code ${code}`, async () => {
      const container = await test.start({ MODE: 'exit', COUNT: String(code) });
      container.stdout.resume();
      assert.deepEqual(await container.exit, { reason: 'exit', code });
    });
  }

  it('settles after its stdout has ended for the reader', async () => {
    const container = await test.start({ MODE: 'first', TEXT: 'x' });
    const order: string[] = [];
    const exit = container.exit.then(() => order.push('exit'));
    await delay(500);
    order.push('begin to read');
    container.stdout.on('end', () => order.push('end of stdout')).resume();
    await exit;
    assert.deepEqual(order, ['begin to read', 'end of stdout', 'exit']);
  });

  it('names an out-of-memory kill by the flag of the engine', async () => {
    const container = await test.start({ MODE: 'hog' }, { memoryMiB: 16 });
    container.stdout.resume();
    assert.deepEqual(await container.exit, { reason: 'out-of-memory', code: 137, certain: true });
  });

  it('takes a 137 that we did not send for a probable out-of-memory kill', async () => {
    const container = await test.start({ MODE: 'exit', COUNT: '137' });
    container.stdout.resume();
    assert.deepEqual(await container.exit, { reason: 'out-of-memory', code: 137, certain: false });
  });

  it('is "killed" after a kill, which removes it and may be repeated', async () => {
    const container = await test.start({ MODE: 'sleep' });
    const output = textOf(container.stdout);
    await Promise.all([container.kill(), container.kill()]);
    const left = await test.leftovers();
    await container.kill();
    assert.deepEqual([await container.exit, await output, left], [{ reason: 'killed' }, 'ready', []]);
  });

  it('is "killed" also if nobody reads what the function writes', async () => {
    const container = await test.start({ MODE: 'flood', COUNT: String(64 * mebibyte) });
    await until(() => container.stdout.readableLength + container.stderr.readableLength > 0, 'the first output');
    await container.kill();
    assert.deepEqual(await container.exit, { reason: 'killed' });
  });

  it('keeps its own reason when a kill comes after it', async () => {
    const container = await test.start({ MODE: 'exit', COUNT: '5' });
    container.stdout.resume();
    await container.exit;
    await container.kill();
    assert.deepEqual(await container.exit, { reason: 'exit', code: 5 });
  });

  it('is the function’s own after SIGTERM, if it has a handler', async () => {
    const container = await test.start({ MODE: 'handler' });
    await nextBytes(container.stdout, 5);
    await container.terminate();
    assert.deepEqual(
      [await textOf(container.stdout), await container.exit],
      ['terminated', { reason: 'exit', code: 3 }],
    );
  });

  it('does not come from SIGTERM to a first process without a handler, only from a kill', async () => {
    const container = await test.start({ MODE: 'sleep' });
    container.stdout.resume();
    await container.terminate();
    const running = (await test.docker.getContainer(container.engineId).inspect()).State.Running;
    await container.kill();
    assert.deepEqual([running, await container.exit], [true, { reason: 'killed' }]);
  });

  it('is no concern of a terminate that comes too late', async () => {
    const container = await test.start({ MODE: 'exit', COUNT: '0' });
    container.stdout.resume();
    await container.exit;
    await container.terminate();
  });
});

describe('a container as it is created', () => {
  afterEach(() => test.nothingLeft());

  it('has the variables it was given', async () => {
    const container = await test.start({ MODE: 'environment', GREETING: 'grüß=Gott', EMPTY: '' });
    const lines = (await textOf(container.stdout)).trimEnd().split('\n');
    const own = lines.filter((line) => !/^(PATH|HOSTNAME|HOME)=/.test(line));
    assert.deepEqual(own.sort(), ['EMPTY=', 'GREETING=grüß=Gott', 'MODE=environment']);
  });

  it('is limited, labelled, unprivileged and not logged', async () => {
    const container = await test.start({ MODE: 'sleep' }, { memoryMiB: 20, format: 'http', routeId: 'shop/cart' });
    const { Config, HostConfig } = await test.docker.getContainer(container.engineId).inspect();
    await container.kill();
    assert.deepEqual(
      {
        memory: HostConfig.Memory,
        memoryAndSwap: HostConfig.MemorySwap,
        pids: HostConfig.PidsLimit,
        security: HostConfig.SecurityOpt,
        dropped: HostConfig.CapDrop,
        log: HostConfig.LogConfig?.Type,
        autoRemove: HostConfig.AutoRemove,
        privileged: HostConfig.Privileged,
        restart: HostConfig.RestartPolicy?.Name,
        tty: Config.Tty,
        stdinOnce: Config.StdinOnce,
        labels: Object.fromEntries(
          Object.entries(Config.Labels).filter(([name]) => name !== 'suite' && name !== 'dev.hot-functions.source'),
        ),
      },
      {
        memory: 20 * mebibyte,
        memoryAndSwap: 20 * mebibyte,
        pids: 512,
        security: ['no-new-privileges'],
        dropped: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP', 'SYS_CHROOT'],
        log: 'none',
        autoRemove: false,
        privileged: false,
        restart: 'no',
        tty: false,
        stdinOnce: true,
        labels: {
          'dev.hot-functions.installation': test.installation,
          'dev.hot-functions.window': 'window-1',
          'dev.hot-functions.route': 'shop/cart',
          'dev.hot-functions.format': 'http',
        },
      },
    );
  });

  it('has the name it was given', async () => {
    const prepared = await test.prepareFunction();
    const spec = test.spec({ MODE: 'sleep' });
    const container = await test.engine.start(prepared, spec, AbortSignal.timeout(30_000));
    assert.deepEqual(await test.leftovers(), [`/${spec.name}`]);
    await container.kill();
  });
});

describe('a start that fails', () => {
  afterEach(() => test.nothingLeft());

  it('says that the memory limit is below what Docker accepts', async () => {
    await assert.rejects(test.start({}, { memoryMiB: 5 }), {
      code: 'invalid-route',
      message: 'tests/function has a memory limit of 5 MiB.',
    });
  });

  it('says that the image is gone', async () => {
    const gone = { identity: `sha256:${'0'.repeat(64)}` };
    await assert.rejects(test.engine.start(gone, test.spec({}), AbortSignal.timeout(30_000)), {
      code: 'image-missing',
    });
  });

  it('gives the words of the engine for a command that is not in the image', async () => {
    const prepared = await test.prepareDockerfile('nowhere', 'FROM scratch\nENTRYPOINT ["/nowhere"]\n');
    await assert.rejects(test.engine.start(prepared, test.spec({}), AbortSignal.timeout(30_000)), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'start-failed');
      assert.match(error.message, /did not start: .*\/nowhere.*no such file or directory/);
      return true;
    });
  });

  it('names a name that is taken', async () => {
    const container = await test.start({ MODE: 'sleep' }, { name: `${test.installation}-taken` });
    await assert.rejects(test.start({ MODE: 'sleep' }, { name: `${test.installation}-taken` }), {
      code: 'start-failed',
    });
    await container.kill();
  });

  for (const afterMs of [0, 5, 20, 50, 100, 150]) {
    it(`leaves nothing when it is aborted after ${afterMs} ms`, async () => {
      const prepared = await test.prepareFunction();
      const controller = new AbortController();
      const starting = test.engine.start(prepared, test.spec({ MODE: 'sleep' }), controller.signal);
      const outcome = starting.then(
        (container) => container.kill().then(() => 'started before'),
        (error: unknown) => Reflect.get(Object(error), 'code'),
      );
      await delay(afterMs);
      controller.abort();
      assert.ok(['aborted', 'started before'].includes(await outcome));
    });
  }

  it('does not begin when it is aborted before', async () => {
    const prepared = await test.prepareFunction();
    await assert.rejects(test.engine.start(prepared, test.spec({}), AbortSignal.abort()), { code: 'aborted' });
  });
});

/** The value that a growing number has when it has stood still for a while: what nothing can announce. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  await until(async () => {
    const before = last;
    last = value();
    await delay(200);
    return before === last;
  }, 'a number to stand still');
  return last;
}
