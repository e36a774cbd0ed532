import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Route } from '../../src/core/route.ts';
import { python } from '../../src/debug/languages/python.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import { type EngineForDebugging, processesForDebugging } from './engine-for-debugging.ts';

const functions = join(import.meta.dirname, 'functions');

describe('Python under its debugger', () => {
  let real: EngineForDebugging;
  let debugged: DebuggedRoute | undefined;
  const open = (fields: Partial<Route>): DebuggedRoute => {
    debugged = new DebuggedRoute(real, routeWith({ app: 'tests', path: '/python', ...fields }), python);
    return debugged;
  };
  before(async () => {
    real = await processesForDebugging();
  });
  afterEach(() => debugged?.close());
  after(() => real.close());

  it('stops in a cold function, which has its own site, environment and children', async () => {
    const folder = join(functions, 'cold-python');
    const config = { PYTHONPATH: join(folder, 'site') };
    const route = open({ source: { folder, runtime: 'python' }, config });
    const breakpoint = route.breakpoint('func.py', 'path = ');
    route.breakpoint('func.py', 'site = ', 'text');
    const answering = route.call('Johnny');
    const { file, line, locals, resume } = await route.nextStop(answering);
    await resume();
    const { text } = await answering;
    const shown = route.output.filter((each) => each.includes('Johnny'));
    assert.deepEqual(
      { file, line, local: locals['text'], text, shown },
      {
        ...breakpoint,
        local: "'Johnny'",
        text: 'Johnny, site, its own site, a child without a debugger\n',
        shown: ['Johnny\n'],
      },
    );
  });

  it('says what to add where there is no debugpy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hot-functions-debug-'));
    try {
      await writeFile(join(folder, 'func.py'), 'print("runs")');
      await writeFile(join(folder, 'debugpy.py'), 'raise ImportError("none here")');
      const route = open({ source: { folder, runtime: 'python' }, config: { PYTHONPATH: folder } });
      const { error } = await route.call('Johnny');
      const { code, hint } = error ?? {};
      const [message = ''] = error?.message.split(/: .*: /) ?? [];
      assert.deepEqual(
        { code, message, hint },
        {
          code: 'debugger-missing',
          message: "The function's Python has no debugpy",
          hint: 'Add to its Dockerfile: RUN pip install debugpy. On this machine: python3 -m pip install debugpy.',
        },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
