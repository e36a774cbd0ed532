import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connectDockerEngine, type DockerEngine } from '../../src/engines/docker/docker-engine.ts';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { EngineLink } from './engine-link.ts';
import { EngineUnderTest, nextBytes } from './engine-under-test.ts';

let test: EngineUnderTest;
let link: EngineLink;
let engine: DockerEngine;

before(async () => {
  test = await EngineUnderTest.open();
});
after(() => test.close());

beforeEach(async () => {
  link = await EngineLink.open();
  const options = {
    owner: { installation: test.installation, window: 'window-1' },
    buildArgs: () => ({}),
    onBuildLog: () => {},
  };
  engine = await connectDockerEngine(localSources(`unix://${link.path}`), options, AbortSignal.timeout(10_000));
});
afterEach(async () => {
  await engine.dispose();
  await link.close();
  for (const name of await test.leftovers()) {
    await test.docker.getContainer(name.slice(1)).remove({ force: true });
  }
});

async function startHere(env: Record<string, string>) {
  return engine.start(await test.prepareFunction(), test.spec(env), AbortSignal.timeout(30_000));
}

describe('an engine whose connection breaks', () => {
  it('loses its containers at once', async () => {
    const container = await startHere({ MODE: 'sleep' });
    await nextBytes(container.stdout, 5);
    await link.cut();
    const exit = await container.exit;
    assert.equal(exit.reason, 'lost');
  });

  it('lets kill and terminate settle for a container that is lost', async () => {
    const container = await startHere({ MODE: 'sleep' });
    await link.cut();
    await Promise.all([container.kill(), container.terminate()]);
    assert.equal((await container.exit).reason, 'lost');
  });

  it('fails to start with the name of the loss', async () => {
    const prepared = await test.prepareFunction();
    await link.cut();
    await assert.rejects(engine.start(prepared, test.spec({}), AbortSignal.timeout(30_000)), { code: 'engine-lost' });
  });

  it('fails to prepare with the name of the loss', async () => {
    await link.cut();
    const request = { routeId: 'tests/function', image: test.image };
    await assert.rejects(
      engine.prepare(request, () => {}, AbortSignal.timeout(30_000)),
      { code: 'engine-lost' },
    );
  });

  it('starts containers again when it is back', async () => {
    await link.cut();
    await link.mend();
    const container = await startHere({ MODE: 'exit', COUNT: '0' });
    container.stdout.resume();
    assert.deepEqual(await container.exit, { reason: 'exit', code: 0 });
  });

  it('can be disposed of', async () => {
    await startHere({ MODE: 'sleep' });
    await link.cut();
    await engine.dispose();
  });
});

describe('an engine that falls silent', () => {
  it('loses its containers, though no connection breaks', async () => {
    const container = await startHere({ MODE: 'sleep' });
    link.fallSilent();
    const exit = await container.exit;
    assert.deepEqual(exit, { reason: 'lost', detail: 'the engine does not answer' });
  });

  it('has what it lost removed when it speaks again', async () => {
    const container = await startHere({ MODE: 'sleep' });
    link.fallSilent();
    await container.exit;
    await link.speakAgain();
    await test.nothingLeft();
  });

  it('does not hold up who gives up preparing', async () => {
    link.fallSilent();
    const controller = new AbortController();
    const preparing = engine.prepare({ routeId: 'tests/function', image: test.image }, () => {}, controller.signal);
    controller.abort();
    await assert.rejects(preparing, { code: 'aborted' });
  });

  it('does not hold up who gives up starting', async () => {
    const prepared = await test.prepareFunction();
    link.fallSilent();
    await assert.rejects(engine.start(prepared, test.spec({}), AbortSignal.timeout(100)), { code: 'aborted' });
  });
});

describe('an engine that is not there', () => {
  it('is named, with where it was looked for', async () => {
    const options = { owner: { installation: 'x', window: 'x' }, buildArgs: () => ({}), onBuildLog: () => {} };
    const sources = localSources('unix:///nowhere/docker.sock');
    await assert.rejects(connectDockerEngine(sources, options, AbortSignal.timeout(10_000)), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'engine-unavailable');
      assert.match(error.message, /^No Docker Engine answers at unix:\/\/\/nowhere\/docker.sock \(from the setting\)/);
      return true;
    });
  });
});

describe('an engine that accepts connections and says nothing', () => {
  it('counts as away after a few seconds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hot-functions-link-'));
    const path = join(folder, 'docker.sock');
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const options = { owner: { installation: 'x', window: 'x' }, buildArgs: () => ({}), onBuildLog: () => {} };
    await assert.rejects(connectDockerEngine(localSources(`unix://${path}`), options, AbortSignal.timeout(10_000)), {
      code: 'engine-unavailable',
      message: `No Docker Engine answers at unix://${path} (from the setting): no answer in time.`,
    });
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
});

describe('an engine that is disposed of', () => {
  it('kills what it runs and starts nothing any more', async () => {
    const running = await Promise.all([1, 2, 3].map(() => startHere({ MODE: 'sleep' })));
    await engine.dispose();
    const left = await test.leftovers();
    const exits = await Promise.all(running.map((container) => container.exit));
    assert.deepEqual([left, exits], [[], Array(3).fill({ reason: 'killed' })]);
    const prepared = await test.prepareFunction();
    await assert.rejects(engine.start(prepared, test.spec({}), AbortSignal.timeout(30_000)), { code: 'closing' });
  });

  it('cleans up what it was about to start', async () => {
    const prepared = await test.prepareFunction();
    const starting = engine.start(prepared, test.spec({ MODE: 'sleep' }), AbortSignal.timeout(30_000));
    await Promise.all([assert.rejects(starting, { code: 'aborted' }), engine.dispose()]);
    await test.nothingLeft();
  });
});
