import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, HotFunctionsError } from '../../../src/core/errors.ts';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const hot = routeWith({ format: 'http', source: { folder: '/ws/hello' } });

/** A call whose container, if one is started for it, exits before it answers. */
async function crashingCall(bed: RunnerBed): Promise<string> {
  const before = bed.engine.containers.length;
  const call = bed.call(hot);
  await settled();
  bed.engine.containers[before]?.exits({ reason: 'exit', code: 1 });
  return call;
}

async function answeredCall(bed: RunnerBed): Promise<string> {
  const call = bed.call(hot);
  await settled();
  bed.engine.containers.at(-1)?.answer('ok');
  return call;
}

async function inLoop(): Promise<RunnerBed> {
  const bed = new RunnerBed([hot]);
  for (let start = 0; start < 3; start += 1) {
    assert.equal(await crashingCall(bed), '502 function-exited');
  }
  return bed;
}

describe('a function that ends three times in a row before its first answer', () => {
  it('is not started again: calls fail at once, with how it ended the last time', async () => {
    const bed = await inLoop();
    const { error } = await bed.runner.invoke(hot, {});
    assert.deepEqual(
      [error?.code, error?.message, error?.exitCode, bed.engine.containers.length],
      [
        'crash-loop',
        'myapp/hot ended 3 times in a row before its first answer; it is not started for 1 s. The last time: The function exited with code 1.',
        1,
        3,
      ],
    );
  });

  it('is tried again after 1, 2, 4, 8, 16 and then every 30 s', async () => {
    const bed = await inLoop();
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      let waited = 0;
      while ((await crashingCall(bed)) === '502 crash-loop') {
        await bed.clock.pass(1000);
        waited += 1;
      }
      waits.push(waited);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30]);
  });

  it('is forgiven by its first answer', async () => {
    const bed = await inLoop();
    await bed.clock.pass(1000);
    assert.equal(await answeredCall(bed), '200 ok');
    await bed.runner.stopContainers();
    assert.deepEqual(
      [await crashingCall(bed), await crashingCall(bed), await crashingCall(bed), await crashingCall(bed)],
      ['502 function-exited', '502 function-exited', '502 function-exited', '502 crash-loop'],
    );
  });

  const remedies: Readonly<Record<string, (bed: RunnerBed) => void>> = {
    'somebody asks for it': (bed) => bed.runner.retry(hot.id),
    'its code is changed': (bed) => bed.runner.sourceChanged('/ws/hello'),
  };
  for (const [what, remedy] of Object.entries(remedies)) {
    it(`is tried again at once when ${what}`, async () => {
      const bed = await inLoop();
      remedy(bed);
      assert.equal(await answeredCall(bed), '200 ok');
    });
  }

  it('fails those who wait in its queue too', async () => {
    const bed = new RunnerBed([hot]);
    const calls = Array.from({ length: 5 }, () => bed.call(hot));
    for (let start = 0; start < 3; start += 1) {
      await settled();
      bed.engine.at(start).exits({ reason: 'exit', code: 1 });
    }
    assert.deepEqual(await Promise.all(calls), [
      '502 function-exited',
      '502 function-exited',
      '502 function-exited',
      '502 crash-loop',
      '502 crash-loop',
    ]);
  });
});

it('a function that exits after an answer is not in a crash loop', async () => {
  const bed = new RunnerBed([hot]);
  for (let round = 0; round < 5; round += 1) {
    assert.equal(await answeredCall(bed), '200 ok');
    bed.engine.containers.at(-1)?.exits({ reason: 'exit', code: 1 });
    await settled();
  }
});

describe("a start that fails for what is not the function's fault", () => {
  const codes: readonly ErrorCode[] = [
    'no-memory',
    'engine-lost',
    'engine-unavailable',
    'image-missing',
    'invalid-route',
  ];
  for (const code of codes) {
    it(`such as ${code}, however often, is no crash loop`, async () => {
      const bed = new RunnerBed([hot]);
      bed.engine.auto.start = false;
      for (let round = 0; round < 4; round += 1) {
        const call = bed.runner.invoke(hot, {});
        await settled();
        bed.engine.starting.shift()?.reject(new HotFunctionsError(code, 'not now'));
        assert.equal((await call).error?.code, code);
      }
      bed.engine.auto.start = true;
      assert.equal(await answeredCall(bed), '200 ok');
    });
  }

  it('nor is a container that is lost with its engine before it has answered', async () => {
    const bed = new RunnerBed([hot]);
    for (let round = 0; round < 4; round += 1) {
      const call = bed.call(hot);
      await settled();
      bed.engine.containers.at(-1)?.exits({ reason: 'lost', detail: 'socket hang up' });
      assert.equal(await call, '503 engine-lost');
    }
    assert.equal(await answeredCall(bed), '200 ok');
  });
});
