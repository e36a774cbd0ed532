import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { node } from '../../src/debug/languages/node.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import { describeLanguagesOn } from './describe-languages.ts';
import { dockerForDebugging, type EngineForDebugging } from './engine-for-debugging.ts';

describeLanguagesOn('in containers', dockerForDebugging);

describe('a container that runs already', () => {
  let real: EngineForDebugging;
  let debugged: DebuggedRoute | undefined;
  before(async () => {
    real = await dockerForDebugging();
  });
  afterEach(() => debugged?.close());
  after(() => real.close());

  it('is debugged in place where it runs Node', async () => {
    const folder = join(import.meta.dirname, '../../examples/hot-node');
    const image = `${real.name}/node:1`;
    const route = routeWith({ app: 'tests', path: '/node', format: 'http', image, source: { folder } });
    debugged = new DebuggedRoute(real, route, node);
    const breakpoint = debugged.breakpoint('func.js', 'const before');
    await debugged.callPlainly('Johnny');
    const [container] = debugged.runner.containers();
    const answering = debugged.callInPlace(container?.name ?? '', 'Johnny');
    const { file, line, locals, resume } = await debugged.nextStop(answering);
    await resume();
    const { text } = await answering;
    assert.deepEqual(
      { file, line, local: locals['call'], text },
      { ...breakpoint, local: '2', text: 'Hello Johnny\nPOST /node, call 2 of this process\n' },
    );
  });
});
