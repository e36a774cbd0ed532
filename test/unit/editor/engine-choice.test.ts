import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Engine, EngineKind } from '../../../src/core/engine.ts';
import type { EnginePreference } from '../../../src/core/engine-preference.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { describeEngine } from '../../../src/editor/engine-choice/describe-engine.ts';
import { EngineChoice } from '../../../src/editor/engine-choice/engine-choice.ts';
import { selectEngine } from '../../../src/engines/select-engine.ts';

function engine(kind: EngineKind, log: string[] = []): Engine {
  return {
    kind,
    description: `a ${kind} engine`,
    totalMemoryMiB: undefined,
    prepare: () => Promise.reject(new Error('not asked for')),
    inspect: () => Promise.reject(new Error('not asked for')),
    start: () => Promise.reject(new Error('not asked for')),
    dispose: async () => {
      log.push(`dispose ${kind}`);
    },
  };
}

const away = () => Promise.reject(new HotFunctionsError('engine-unavailable', 'No Docker Engine answers.'));

describe('selecting an engine', () => {
  it('takes Docker automatically where it answers', async () => {
    const docker = engine('docker');
    const engines = { docker: async () => docker, process: async () => engine('process') };
    assert.deepEqual(await selectEngine('auto', engines), {
      engine: docker,
      why: 'Chosen because a Docker Engine answered.',
    });
  });

  it('takes the machine itself where Docker does not answer, and says why', async () => {
    const process = engine('process');
    assert.deepEqual(await selectEngine('auto', { docker: away, process: async () => process }), {
      engine: process,
      why: 'Chosen because Docker is not available. No Docker Engine answers.',
    });
  });

  it('never takes another one than was asked for', async () => {
    const engines = { docker: away, process: async () => engine('process') };
    await assert.rejects(selectEngine('docker', engines), { code: 'engine-unavailable' });
  });

  it('passes on a failure of Docker that is not its absence', async () => {
    const engines = { docker: () => Promise.reject(new TypeError('a bug')), process: async () => engine('process') };
    await assert.rejects(selectEngine('auto', engines), TypeError);
  });
});

interface World {
  preference: EnginePreference;
  trusted: boolean;
  dockerAnswers: boolean;
}

function choiceIn(world: World) {
  const log: string[] = [];
  const choice = new EngineChoice({
    preference: () => world.preference,
    isTrusted: () => world.trusted,
    select: (preference) => {
      log.push(`select ${preference}`);
      const docker = world.dockerAnswers ? async () => engine('docker', log) : away;
      return selectEngine(preference, { docker, process: async () => engine('process', log) });
    },
    vacate: async () => {
      log.push('vacate');
    },
  });
  return { choice, log };
}

describe('the choice of an engine', () => {
  it('is made once, however many ask at once', async () => {
    const { choice, log } = choiceIn({ preference: 'auto', trusted: true, dockerAnswers: true });
    const [one, two] = await Promise.all([choice.engine(), choice.engine()]);
    assert.equal(one, two);
    assert.equal(await choice.engine(), one);
    assert.deepEqual(log, ['select auto']);
  });

  it('does not change by itself when Docker goes away', async () => {
    const world = { preference: 'auto' as EnginePreference, trusted: true, dockerAnswers: true };
    const { choice, log } = choiceIn(world);
    await choice.engine();
    world.dockerAnswers = false;
    assert.equal((await choice.engine()).kind, 'docker');
    assert.deepEqual(log, ['select auto']);
  });

  it('is tried again at the next need after it has failed', async () => {
    const world = { preference: 'docker' as EnginePreference, trusted: true, dockerAnswers: false };
    const { choice, log } = choiceIn(world);
    await assert.rejects(choice.engine(), { code: 'engine-unavailable' });
    assert.equal(choice.state.kind, 'failed');
    world.dockerAnswers = true;
    assert.equal((await choice.engine()).kind, 'docker');
    assert.deepEqual(log, ['select docker', 'select docker']);
  });

  it('made anew empties and disposes the engine before', async () => {
    const world = { preference: 'process' as EnginePreference, trusted: true, dockerAnswers: true };
    const { choice, log } = choiceIn(world);
    await choice.engine();
    world.preference = 'docker';
    await choice.reselect();
    assert.deepEqual(log, ['select process', 'vacate', 'dispose process', 'select docker']);
    assert.equal((await choice.engine()).kind, 'docker');
  });

  it('does not even look for an engine in an untrusted workspace', async () => {
    const { choice, log } = choiceIn({ preference: 'auto', trusted: false, dockerAnswers: true });
    await assert.rejects(choice.engine(), { code: 'untrusted-workspace' });
    assert.deepEqual(log, []);
  });

  it('leaves no engine behind that was found while it was being disposed', async () => {
    const { choice, log } = choiceIn({ preference: 'docker', trusted: true, dockerAnswers: true });
    const asked = choice.engine();
    await choice.dispose();
    await asked;
    assert.deepEqual(log, ['select docker', 'vacate', 'dispose docker']);
  });

  it('tells of each of its states', async () => {
    const { choice } = choiceIn({ preference: 'auto', trusted: true, dockerAnswers: false });
    const seen: string[] = [];
    choice.onDidChange((state) => seen.push(describeEngine(state).short));
    await choice.engine();
    assert.deepEqual(seen, ['looking for an engine…', 'this machine']);
  });
});
