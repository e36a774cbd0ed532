import assert from 'node:assert/strict';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pack } from 'tar-stream';
import type { PrepareProgress, PrepareRequest } from '../../src/core/engine.ts';
import { until } from '../until.ts';
import { connectEngine, dockerfileOf, EngineUnderTest, textOf } from './engine-under-test.ts';
import { ImageRegistry } from './image-registry.ts';

let test: EngineUnderTest;
let count = 0;

before(async () => {
  test = await EngineUnderTest.open();
  dockerfile = dockerfileOf(test.installation);
});
after(() => test.close());

let dockerfile = '';

/** The image of a route that no test has used before. */
function newRequest(overrides: Partial<PrepareRequest> = {}): PrepareRequest {
  count += 1;
  const image = `${test.installation}/image-${count}:1`;
  return { routeId: `tests/image-${count}`, image, source: { folder: test.folder }, ...overrides };
}

async function prepare(request: PrepareRequest, progress: PrepareProgress[] = []): Promise<string> {
  const prepared = await test.engine.prepare(request, (step) => progress.push(step), AbortSignal.timeout(60_000));
  return prepared.identity;
}

/** How many builds the log shows since the last reset. */
function builds(): number {
  return test.buildLog.filter((line) => line.startsWith('Step 1/')).length;
}

beforeEach(async () => {
  test.buildLog.length = 0;
  await writeFile(join(test.folder, 'Dockerfile'), dockerfile);
});

describe('an image with a Dockerfile', () => {
  it('is built when it is missing, with its progress and its log', async () => {
    const progress: PrepareProgress[] = [];
    const request = newRequest();
    const identity = await prepare(request, progress);
    const image = await test.docker.getImage(request.image).inspect();
    assert.deepEqual(
      {
        identity,
        builds: builds(),
        steps: progress.slice(0, 3),
        label: typeof image.Config.Labels['dev.hot-functions.source'],
      },
      {
        identity: image.Id,
        builds: 1,
        steps: [
          { phase: 'building', message: `Building ${request.image}` },
          { phase: 'building', message: `${request.image}: step 1 of 5: FROM scratch`, fraction: 0 },
          {
            phase: 'building',
            message: `${request.image}: step 2 of 5: LABEL suite=${test.installation}`,
            fraction: 0.2,
          },
        ],
        label: 'string',
      },
    );
  });

  it('is not built again when nothing changed, also by an engine that did not build it', async () => {
    const request = newRequest();
    const first = await prepare(request);
    const second = await prepare(request);
    const other = await connectEngine(test.installation);
    const third = await other.prepare(request, () => {}, AbortSignal.timeout(60_000));
    await other.dispose();
    assert.deepEqual([second, third.identity, builds()], [first, first, 1]);
  });

  it('leaves nothing of the image that it replaces', async () => {
    const request = newRequest();
    // Other tests give names of their own to what the same Dockerfile makes.
    await appendFile(join(test.folder, 'Dockerfile'), 'LABEL only=here\n');
    const old = await prepare(request);
    await appendFile(join(test.folder, 'Dockerfile'), 'LABEL replaced=yes\n');
    await prepare(request);
    const isGone = () =>
      test.docker
        .getImage(old)
        .inspect()
        .then(
          () => false,
          () => true,
        );
    await until(isGone, 'the old image to be removed');
  });

  it('is built again when the folder has changed', async () => {
    const request = newRequest();
    const first = await prepare(request);
    await writeFile(join(test.folder, 'Dockerfile'), `${dockerfile}CMD ["again"]\n`);
    const second = await prepare(request);
    assert.deepEqual([builds(), first === second], [2, false]);
  });

  it('is built again when the build arguments have changed', async () => {
    const request = newRequest();
    await prepare(request);
    const log: string[] = [];
    const other = await connectEngine(test.installation, log, { buildArgs: () => ({ BASE: 'other' }) });
    await other.prepare(request, () => {}, AbortSignal.timeout(60_000));
    await other.dispose();
    assert.equal(log.filter((line) => line.startsWith('Step 1/')).length, 1);
  });

  it('gets the build arguments', async () => {
    await writeFile(join(test.folder, 'Dockerfile'), `${dockerfile}ARG WHO\nENV TEXT=$WHO MODE=first\n`);
    const request = newRequest();
    const engine = await connectEngine(test.installation, [], { buildArgs: () => ({ WHO: 'an argument' }) });
    const prepared = await engine.prepare(request, () => {}, AbortSignal.timeout(60_000));
    const container = await engine.start(prepared, test.spec({}), AbortSignal.timeout(30_000));
    assert.equal(await textOf(container.stdout), 'an argument');
    await engine.dispose();
  });

  it('is built again on demand', async () => {
    const request = newRequest();
    await prepare(request);
    await prepare({ ...request, force: true });
    assert.equal(builds(), 2);
  });

  it('is left alone when it is the user’s own', async () => {
    const request = newRequest();
    const own = await ownImage(request.image);
    assert.deepEqual([await prepare(request), builds()], [own, 0]);
  });

  it('replaces the user’s own when that is demanded', async () => {
    const request = newRequest();
    const own = await ownImage(request.image);
    const rebuilt = await prepare({ ...request, force: true });
    assert.notEqual(rebuilt, own);
  });

  it('is built once for routes that need it at the same time', async () => {
    const request = newRequest();
    const both = await Promise.all([prepare(request), prepare({ ...request, routeId: 'tests/other' })]);
    assert.deepEqual([both[0] === both[1], builds()], [true, 1]);
  });

  it('is not there after a build that failed, which says why with the last lines', async () => {
    await writeFile(join(test.folder, 'Dockerfile'), `${dockerfile}ENV MODE=exit COUNT=7\nRUN ["/function"]\n`);
    const request = newRequest();
    await assert.rejects(prepare(request), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'build-failed');
      assert.match(error.message, /was not built: .*returned a non-zero code: 7/);
      assert.match(error.message, /Step 6\/7 : RUN \["\/function"\]/);
      return true;
    });
    await assert.rejects(test.docker.getImage(request.image).inspect(), { statusCode: 404 });
  });

  it('says what is wrong with a Dockerfile that cannot be read', async () => {
    await writeFile(join(test.folder, 'Dockerfile'), 'NONSENSE\n');
    await assert.rejects(prepare(newRequest()), { code: 'build-failed' });
  });
});

describe('a build that is cancelled', () => {
  /** Lets the build hang in a step whose container has that label. */
  async function hangingDockerfile(): Promise<void> {
    const label = `LABEL hanging=${test.installation}\n`;
    await writeFile(join(test.folder, 'Dockerfile'), `${dockerfile}${label}ENV MODE=sleep\nRUN ["/function"]\n`);
  }

  async function hanging(): Promise<number> {
    const filters = { label: [`hanging=${test.installation}`] };
    return (await test.docker.listContainers({ all: true, filters })).length;
  }

  it('ends the step that runs, and leaves nothing of it', async () => {
    await hangingDockerfile();
    const controller = new AbortController();
    const building = test.engine.prepare(newRequest(), () => {}, controller.signal);
    await until(async () => (await hanging()) === 1, 'the step to run');
    controller.abort();
    await assert.rejects(building, { code: 'aborted' });
    await until(async () => (await hanging()) === 0, 'the step to be gone');
  });

  it('goes on for another route that waits for it', async () => {
    await hangingDockerfile();
    const [first, second] = [new AbortController(), new AbortController()];
    const request = newRequest();
    const one = test.engine.prepare(request, () => {}, first.signal);
    await until(async () => (await hanging()) === 1, 'the step to run');
    const two = test.engine.prepare({ ...request, routeId: 'tests/two' }, () => {}, second.signal);
    // Only when the second one has joined does the first one go.
    await test.docker.ping();
    first.abort();
    await assert.rejects(one, { code: 'aborted' });
    const goesOn = await hanging();
    second.abort();
    await assert.rejects(two, { code: 'aborted' });
    assert.equal(goesOn, 1);
    await until(async () => (await hanging()) === 0, 'the step to be gone');
  });

  it('ends with the engine that builds', async () => {
    await hangingDockerfile();
    const engine = await connectEngine(test.installation);
    const building = engine.prepare(newRequest(), () => {}, new AbortController().signal);
    await until(async () => (await hanging()) === 1, 'the step to run');
    await Promise.all([engine.dispose(), assert.rejects(building, { code: 'aborted' })]);
    await until(async () => (await hanging()) === 0, 'the step to be gone');
  });
});

describe('an image without a Dockerfile', () => {
  it('is used as it is', async () => {
    const request = newRequest({ source: { folder: join(test.folder, 'none') } });
    const own = await ownImage(request.image);
    assert.equal(await prepare(request), own);
  });

  it('cannot be built on demand', async () => {
    await rm(join(test.folder, 'Dockerfile'));
    const request = newRequest({ force: true });
    await assert.rejects(prepare(request), {
      code: 'build-failed',
      message: `There is no Dockerfile to build ${request.image} from.`,
      hint: `Add a Dockerfile to ${test.folder}.`,
    });
  });

  it('is pulled when it is missing, with progress up to the end', async () => {
    const registry = await ImageRegistry.serve({ 'function.txt': 'x'.repeat(200_000) });
    try {
      const progress: PrepareProgress[] = [];
      const image = `${registry.address}/${test.installation}/pulled:1`;
      const identity = await prepare({ routeId: 'tests/pulled', image }, progress);
      const inspected = await test.docker.getImage(image).inspect();
      await test.docker.getImage(image).remove();
      const fractions = progress.flatMap(({ fraction }) => (fraction === undefined ? [] : [fraction]));
      assert.deepEqual(
        [identity, progress[0], fractions.at(-1), fractions],
        [inspected.Id, { phase: 'pulling', message: `Pulling ${image}` }, 1, fractions.toSorted((a, b) => a - b)],
      );
    } finally {
      await registry.close();
    }
  });

  it('is named with the words of the engine when it cannot be pulled', async () => {
    const image = 'localhost:1/nobody/nothing:1';
    await assert.rejects(prepare({ routeId: 'tests/nothing', image }), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'image-missing');
      assert.match(error.message, /^The image localhost:1\/nobody\/nothing:1 is not .* pulled: .*connection refused/);
      return true;
    });
  });

  for (const image of ['Upper/Case:1', 'with space', '../../containers', '']) {
    it(`is refused with the name "${image}"`, async () => {
      await assert.rejects(prepare({ routeId: 'tests/bad', image }), { code: 'invalid-route' });
    });
  }
});

/** An image that a user has built without us. */
async function ownImage(name: string): Promise<string> {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, `FROM scratch\nLABEL suite=${test.installation} own=yes\n`);
  archive.finalize();
  const answer = await test.docker.buildImage(archive, { t: name });
  await new Promise((resolve) => answer.on('end', resolve).resume());
  return (await test.docker.getImage(name).inspect()).Id;
}
