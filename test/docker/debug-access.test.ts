import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type Dockerode from 'dockerode';
import type { ContainerSpec, PreparedFunction, StartAlteration, StartCommand } from '../../src/core/engine.ts';
import { DockerAccess } from '../../src/engines/docker/container-access.ts';
import { EngineRequests } from '../../src/engines/docker/engine-requests.ts';
import { buildArguments } from '../environment.ts';
import { compileDebuggee, type Debuggee, describeConnections } from '../runner/describe-connections.ts';
import { until } from '../until.ts';
import { EngineLink } from './engine-link.ts';
import { connectEngine, EngineUnderTest, nextBytes, textOf } from './engine-under-test.ts';

let test: EngineUnderTest;
let folder: string;

before(async () => {
  test = await EngineUnderTest.open();
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-test-'));
  await compileDebuggee(join(folder, 'debuggee'));
});
after(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

const port = '5678';
const never = new AbortController().signal;

/** An image with the debuggee in it, by what its Dockerfile says besides. */
async function prepare(name: string, base: string, instructions: readonly string[] = []): Promise<PreparedFunction> {
  const source = { folder: await mkdtemp(join(tmpdir(), 'hot-functions-test-')) };
  try {
    await copyFile(join(folder, 'debuggee'), join(source.folder, 'debuggee'));
    const label = `LABEL suite=${test.installation}`;
    const lines = [`FROM ${base}`, label, 'COPY debuggee /debuggee', ...instructions, ''];
    await writeFile(join(source.folder, 'Dockerfile'), lines.join('\n'));
    const request = { routeId: 'tests/debuggee', image: `${test.installation}/${name}:1`, source };
    return await test.engine.prepare(request, () => {}, AbortSignal.timeout(60_000));
  } finally {
    await rm(source.folder, { recursive: true });
  }
}

const shellImage = (): string => buildArguments()['SHELL_IMAGE'] ?? 'busybox';

async function start(prepared: PreparedFunction, overrides: Partial<ContainerSpec> = {}) {
  return await test.engine.start(prepared, test.spec({}, overrides), AbortSignal.timeout(60_000));
}

const altered = (
  files: StartAlteration['files'],
  command: StartAlteration['command'],
): { alteration: StartAlteration } => ({ alteration: { files, command, extraMemoryMiB: 0 } });

const serving = altered([], ({ env }) => ({ argv: ['/debuggee', 'serve', port], env }));

describe('what an image runs', () => {
  it('is its entrypoint with its command, its environment and its folder', async () => {
    const prepared = await prepare('all', 'scratch', [
      'ENV ONE=1 TWO="a=b c"',
      'WORKDIR /some/where',
      'ENTRYPOINT ["/debuggee"]',
      'CMD ["show", "a b"]',
    ]);
    const { env, ...rest } = await test.engine.inspect(prepared, never);
    assert.deepEqual(
      { ...rest, ONE: env['ONE'], TWO: env['TWO'] },
      { argv: ['/debuggee', 'show', 'a b'], workingFolder: '/some/where', ONE: '1', TWO: 'a=b c' },
    );
  });

  it('is in the root folder, and may be nothing at all', async () => {
    const { argv, workingFolder } = await test.engine.inspect(await prepare('none', 'scratch'), never);
    assert.deepEqual({ argv, workingFolder }, { argv: [], workingFolder: '/' });
  });

  it('cannot be told of an image that is gone', async () => {
    const prepared = await prepare('gone', 'scratch', ['ENV GONE=1']);
    await test.docker.getImage(prepared.identity).remove({ force: true });
    await assert.rejects(test.engine.inspect(prepared, never), { code: 'image-missing' });
  });
});

describe('an altered start', () => {
  afterEach(() => test.nothingLeft());

  it('has its files where every user can read them', async () => {
    const prepared = await prepare('stranger', 'scratch', ['USER 4711', 'ENTRYPOINT ["/debuggee"]', 'CMD ["show"]']);
    const files = [
      { name: 'text', bytes: Buffer.from('some text') },
      { name: 'deep/er/program', bytes: Buffer.from('a program'), executable: true },
    ] as const;
    const container = await start(
      prepared,
      altered(files, ({ argv }, at) => ({
        argv: [...argv, ...files.map(({ name }) => `${at}/${name}`), `${at}/deep/er`],
        env: {},
      })),
    );
    const text = await textOf(container.stdout);
    await container.exit;
    const lines = text.split('\n').filter((line) => /^user|^\//.test(line));
    assert.deepEqual(lines, [
      'user 4711',
      '/.hot-functions/text 644: some text',
      '/.hot-functions/deep/er/program 755: a program',
      '/.hot-functions/deep/er 755: ',
    ]);
  });

  it('is given the command of the image and the variables of both, and decides about all of them', async () => {
    const prepared = await prepare('variables', 'scratch', [
      'ENV KEPT=image REMOVED=image CHANGED=image',
      'ENTRYPOINT ["/debuggee", "show"]',
    ]);
    let given: StartCommand | undefined;
    const spec = test.spec(
      { CHANGED: 'route', ROUTE: 'route' },
      altered([], (found) => {
        given = found;
        const { REMOVED: _removed, PATH: _path, ...env } = found.env;
        return { argv: found.argv, env: { ...env, CHANGED: `${env['CHANGED']} and debugger`, ADDED: 'debugger' } };
      }),
    );
    const container = await test.engine.start(prepared, spec, AbortSignal.timeout(60_000));
    const text = await textOf(container.stdout);
    await container.exit;
    const { argv = [], env: { PATH: _path, ...env } = {} } = given ?? {};
    assert.deepEqual(
      [argv, env],
      [['/debuggee', 'show'], { KEPT: 'image', REMOVED: 'image', CHANGED: 'route', ROUTE: 'route' }],
    );
    const seen = text.split('\n').filter((line) => /^[A-Z]+=/.test(line) && !/^(PATH|HOSTNAME|HOME)=/.test(line));
    assert.deepEqual(seen.toSorted(), ['ADDED=debugger', 'CHANGED=route and debugger', 'KEPT=image', 'ROUTE=route']);
  });

  it('runs another command', async () => {
    const prepared = await prepare('other', 'scratch', ['ENTRYPOINT ["/nothing"]', 'CMD ["at", "all"]']);
    const container = await start(prepared, serving);
    assert.equal(await nextBytes(container.stdout, 10), 'listening\n');
    assert.deepEqual(await container.command(), ['/debuggee', 'serve', port]);
    await container.kill();
  });

  it('leaves nothing when it fails', async () => {
    const prepared = await prepare('failing', 'scratch');
    const failing = altered([{ name: 'a', bytes: Buffer.alloc(10) }], ({ env }) => ({ argv: ['/nowhere'], env }));
    await assert.rejects(start(prepared, failing), { code: 'start-failed' });
    assert.deepEqual(await test.leftovers(), []);
  });
});

describe('a running container', () => {
  afterEach(() => test.nothingLeft());

  it('tells what is in it', async () => {
    const container = await start(await prepare('files', 'scratch', ['WORKDIR /app']), serving);
    const paths = ['/debuggee', '/app', '/app/none', '/none/none'];
    const found = await Promise.all(paths.map((path) => container.has(path)));
    await container.kill();
    assert.deepEqual([...found, await container.has('/debuggee')], [true, true, false, false, false]);
  });

  it('passes a signal on to the first process', async () => {
    const container = await start(await prepare('signal', 'scratch'), serving);
    await nextBytes(container.stdout, 10);
    await container.signal('SIGUSR1');
    assert.equal(await nextBytes(container.stdout, 10), 'signalled\n');
    await container.kill();
    await assert.rejects(container.signal('SIGUSR1'), { code: 'debugger-unreachable' });
  });

  it('says that it lacks all that could carry a connection', async () => {
    const container = await start(await prepare('bare', 'scratch'), serving);
    await nextBytes(container.stdout, 10);
    const outcome = await container.connect(Number(port), [['/none']]).catch((error: unknown) => error);
    await container.kill();
    assert.ok(outcome instanceof Error && 'code' in outcome);
    assert.equal(outcome.code, 'debugger-missing');
    assert.match(outcome.message, /sh: .*executable file not found.*\/none: .*no such file/s);
  });
});

/** Opens a container of an image with the debuggee in it. */
const open = (name: string, base: () => string, relays: Debuggee['relays']) => async (): Promise<Debuggee> => {
  const container = await start(await prepare(name, base()), serving);
  await nextBytes(container.stdout, 10);
  return {
    container,
    port: Number(port),
    relays,
    strangers: () => processesOf(container.engineId),
    close: () => container.kill().then(() => test.nothingLeft()),
  };
};

async function processesOf(id: string): Promise<readonly string[]> {
  const { Processes } = (await test.docker.getContainer(id).top({ ps_args: '-eo pid,stat,args' })) as {
    Processes: string[][];
  };
  return Processes.map((row) => row.at(-1) ?? '').filter((line) => !line.endsWith(`/debuggee serve ${port}`));
}

describeConnections(
  'of a container with a shell',
  open('shell', shellImage, () => []),
);
describeConnections(
  'of a container with nothing but an injected relay',
  open(
    'relay',
    () => 'scratch',
    (to) => [['/none'], ['/debuggee', 'relay', String(to)]],
  ),
);

describe('a connection through an engine that falls silent', () => {
  it('breaks off', async () => {
    const link = await EngineLink.open();
    const prepared = await prepare('shell', shellImage());
    const engine = await connectEngine(test.installation, [], {}, `unix://${link.path}`);
    try {
      const container = await engine.start(prepared, test.spec({}, serving), AbortSignal.timeout(60_000));
      await nextBytes(container.stdout, 10);
      const stream = await container.connect(Number(port), []);
      stream.write('echo');
      await nextBytes(stream, 3);
      link.fallSilent();
      await assert.rejects(once(stream, 'close'), { message: 'the engine does not answer' });
      assert.equal((await container.exit).reason, 'lost');
      await link.speakAgain();
      await test.nothingLeft();
    } finally {
      await engine.dispose();
      await link.close();
    }
  });
});

describe('a container without a network, with read-only files and a user of its own', () => {
  let container: Dockerode.Container;
  let access: DockerAccess;

  before(async () => {
    const { identity } = await prepare('locked', shellImage());
    container = await test.docker.createContainer({
      Image: identity,
      Entrypoint: ['/debuggee', 'serve', port],
      User: '4711',
      // What would be loaded into a relay.
      Env: ['ENV=/none', 'BASH_ENV=/none', 'LD_PRELOAD=/none'],
      Labels: { 'dev.hot-functions.installation': test.installation },
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true },
    });
    await container.start();
    access = new DockerAccess(new EngineRequests(test.docker, 'the engine under test'), container.id);
  });
  after(() => container.remove({ force: true }));

  it('can be connected to', async () => {
    const stream = await untilConnected();
    stream.end('ehello');
    assert.equal(await textOf(stream), 'helloend');
  });

  async function untilConnected() {
    let stream: Awaited<ReturnType<DockerAccess['connect']>> | undefined;
    await until(async () => {
      stream = await access.connect(Number(port), []).catch(() => undefined);
      return stream !== undefined;
    }, 'the debuggee to listen');
    assert.ok(stream);
    return stream;
  }
});
