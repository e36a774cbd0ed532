import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Route } from '../../src/core/route.ts';
import { node } from '../../src/debug/languages/node.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import { type EngineForDebugging, processesForDebugging } from './engine-for-debugging.ts';

const examples = join(import.meta.dirname, '../../examples');
const functions = join(import.meta.dirname, 'functions');

describe('Node under its debugger', () => {
  let real: EngineForDebugging;
  const opened: DebuggedRoute[] = [];
  const open = (fields: Partial<Route>): DebuggedRoute => {
    const debugged = new DebuggedRoute(real, routeWith({ app: 'tests', path: '/node', ...fields }), node);
    opened.push(debugged);
    return debugged;
  };
  before(async () => {
    real = await processesForDebugging();
  });
  afterEach(async () => {
    for (const debugged of opened.splice(0)) {
      await debugged.close();
    }
  });
  after(() => real.close());

  it('stops in a cold function that reads stdin at once, and leaves its console.log in the answer', async () => {
    const debugged = open({ source: { folder: join(functions, 'cold-node'), runtime: 'node' } });
    const breakpoint = debugged.breakpoint('func.js', 'const shouted');
    const answering = debugged.call('Johnny');
    const { file, line, locals, resume } = await debugged.nextStop(answering);
    await resume();
    const { text } = await answering;
    assert.deepEqual(
      { file, line, local: locals['text'], text },
      { ...breakpoint, local: '"Johnny"', text: 'started JOHNNY\n' },
    );
  });

  it('stops in a hot function that never gives its thread back', async () => {
    const folder = join(functions, 'hot-node');
    const debugged = open({ format: 'http', source: { folder, entrypoint: ['node', 'func.js'] } });
    const breakpoint = debugged.breakpoint('func.js', 'writeSync(1');
    const answering = debugged.call('Johnny');
    const { file, line, locals, resume } = await debugged.nextStop(answering);
    await resume();
    const { text } = await answering;
    const local = '"Johnny blocks"';
    assert.deepEqual({ file, line, local: locals['body'], text }, { ...breakpoint, local, text: 'Johnny blocks' });
  });

  it('debugs what npm starts and neither npm nor what the function starts, in the environment it would have', async () => {
    const folder = join(functions, 'started-by-npm');
    const debugged = open({
      source: { folder, entrypoint: ['npm', 'start', '--silent'] },
      config: { NODE_OPTIONS: '--no-deprecation' },
    });
    const breakpoint = debugged.breakpoint('func.js', 'const options');
    const answering = debugged.call('Johnny');
    const { file, line, locals, resume } = await debugged.nextStop(answering);
    await resume();
    const { text } = await answering;
    assert.deepEqual(
      { file, line, local: locals['text'], text },
      {
        ...breakpoint,
        local: '"Johnny"',
        text: 'Johnny, options --no-deprecation, a child without a debugger',
      },
    );
  });

  it('shows what a logpoint prints, and keeps it out of the answer', async () => {
    const debugged = open({ source: { folder: join(functions, 'cold-node'), runtime: 'node' } });
    debugged.breakpoint('func.js', 'console.log', '"read " + text');
    const { text } = await debugged.call('Johnny');
    assert.deepEqual(
      { text, output: debugged.output, isOnStderr: debugged.stderr.includes('read Johnny\n') },
      { text: 'started JOHNNY\n', output: ['read Johnny', 'started JOHNNY'], isOnStderr: true },
    );
  });

  it('attaches to a hot container that runs already, and leaves it when it goes', async () => {
    const folder = join(examples, 'hot-node');
    const debugged = open({ format: 'http', source: { folder, runtime: 'node' } });
    const breakpoint = debugged.breakpoint('func.js', 'const before');
    const texts = [(await debugged.callPlainly('Johnny')).text];
    const [container] = debugged.runner.containers();
    const answering = debugged.callInPlace(container?.name ?? '', 'Johnny');
    const { file, line, locals, resume } = await debugged.nextStop(answering);
    await resume();
    texts.push((await answering).text);
    await debugged.detach();
    texts.push((await debugged.callPlainly('Johnny')).text);
    assert.deepEqual(
      { file, line, local: locals['call'], texts },
      {
        ...breakpoint,
        local: '2',
        texts: [1, 2, 3].map((call) => `Hello Johnny\nPOST /node, call ${call} of this process\n`),
      },
    );
  });

  it('says that only a restart helps where the function blocks while it waits', async () => {
    const folder = join(functions, 'hot-node');
    const debugged = open({ format: 'http', source: { folder, entrypoint: ['node', 'func.js'] } });
    await debugged.callPlainly('Johnny');
    const [container] = debugged.runner.containers();
    await assert.rejects(debugged.callInPlace(container?.name ?? '', 'Johnny'), {
      code: 'debugger-unreachable',
      message: 'The function blocks in a read of stdin, so a debugger gets no word with it.',
      hint: 'Restart it for debugging instead.',
    });
  });

  it('says that only a restart helps where another process has the port', async () => {
    const folder = join(examples, 'hot-node');
    const first = open({ format: 'http', source: { folder, runtime: 'node' } });
    await first.callPlainly('Johnny');
    const [container] = first.runner.containers();
    await first.callInPlace(container?.name ?? '', 'Johnny');
    const second = open({ format: 'http', source: { folder, runtime: 'node' } });
    await second.callPlainly('Johnny');
    const [other] = second.runner.containers();
    await assert.rejects(second.callInPlace(other?.name ?? '', 'Johnny'), {
      code: 'debugger-unreachable',
      hint: 'Restart it for debugging instead.',
    });
  });

  it('does not signal what is no Node', async () => {
    const folder = join(functions, 'hot-node');
    const source = { folder, entrypoint: ['sh', '-c', 'node func.js; exit 3'] };
    const debugged = open({ format: 'http', source });
    await debugged.callPlainly('Johnny');
    const [container] = debugged.runner.containers();
    await assert.rejects(debugged.callInPlace(container?.name ?? '', 'Johnny'), {
      message: 'The container runs sh, so its Node cannot be told to open its inspector.',
    });
    assert.equal((await debugged.callPlainly('Johnny')).text, 'Johnny blocks');
  });
});
