import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Route } from '../../src/core/route.ts';
import { go } from '../../src/debug/languages/go.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import { type EngineForDebugging, processesForDebugging } from './engine-for-debugging.ts';

const run = promisify(execFile);
const folder = join(import.meta.dirname, 'functions', 'cold-go');

describe('Go under its debugger', () => {
  let real: EngineForDebugging;
  let debugged: DebuggedRoute | undefined;
  const open = (fields: Partial<Route>): DebuggedRoute => {
    debugged = new DebuggedRoute(real, routeWith({ app: 'tests', path: '/go', ...fields }), go);
    return debugged;
  };
  before(async () => {
    real = await processesForDebugging();
  });
  afterEach(() => debugged?.close());
  after(() => real.close());

  it('stops in a cold function that was built to be debugged', async () => {
    const route = open({ source: { folder, runtime: 'go' } });
    const breakpoint = route.breakpoint('func.go', 'fmt.Print(');
    route.breakpoint('func.go', 'answer :=', 'len(payload)');
    const answering = route.call('Johnny');
    const { file, line, locals, resume } = await route.nextStop(answering);
    await resume();
    const { text } = await answering;
    const shown = route.output.filter((each) => each.endsWith('6\n')).length;
    assert.deepEqual(
      { file, line, local: locals['answer'], text, shown },
      { ...breakpoint, local: '"Hello Johnny"', text: 'Hello Johnny', shown: 1 },
    );
  });

  it('says what to change where the program has no debug information', async () => {
    const built = await mkdtemp(join(tmpdir(), 'hot-functions-debug-'));
    try {
      const program = join(built, 'func');
      await run('go', ['build', '-buildvcs=false', '-ldflags', '-s -w', '-o', program, '.'], { cwd: folder });
      const { error } = await open({ source: { folder, entrypoint: [program] } }).call('Johnny');
      const { code, message, hint } = error ?? {};
      assert.deepEqual(
        { code, message, hint },
        {
          code: 'debugger-missing',
          message: 'The program has no debug information.',
          hint: 'Build it without -ldflags "-s -w", which strips it.',
        },
      );
    } finally {
      await rm(built, { recursive: true });
    }
  });

  it('asks for the program itself where a script would start it', async () => {
    const { error } = await open({ source: { folder, entrypoint: ['sh', 'run.sh'] } }).call('Johnny');
    assert.deepEqual([error?.code, error?.message], ['debugger-unreachable', 'Delve cannot debug through sh.']);
  });
});
