import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Route } from '../../src/core/route.ts';
import { ruby } from '../../src/debug/languages/ruby.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import { type EngineForDebugging, processesForDebugging } from './engine-for-debugging.ts';

const functions = join(import.meta.dirname, 'functions');

describe('Ruby under its debugger', () => {
  let real: EngineForDebugging;
  let debugged: DebuggedRoute | undefined;
  const open = (fields: Partial<Route>): DebuggedRoute => {
    debugged = new DebuggedRoute(real, routeWith({ app: 'tests', path: '/ruby', ...fields }), ruby);
    return debugged;
  };
  before(async () => {
    real = await processesForDebugging();
  });
  afterEach(() => debugged?.close());
  after(() => real.close());

  it('stops in a cold function, which has its own options and children', async () => {
    const folder = join(functions, 'cold-ruby');
    const route = open({ source: { folder, runtime: 'ruby' }, config: { RUBYOPT: '-W1' } });
    const breakpoint = route.breakpoint('func.rb', 'options = ');
    const answering = route.call('Johnny');
    const stop = await route.nextStop(answering);
    await stop.evaluate('puts "typed"');
    await stop.resume();
    const { text } = await answering;
    const { file, line, locals } = stop;
    assert.deepEqual(
      { file, line, local: locals['text'], text, isOnStderr: route.stderr.includes('typed\n') },
      {
        ...breakpoint,
        local: '"Johnny"',
        text: 'Johnny, options -W1, a child without a debugger',
        isOnStderr: true,
      },
    );
  });

  it('says what to add where there is no debug gem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hot-functions-debug-'));
    try {
      await mkdir(join(folder, 'debug'));
      await writeFile(join(folder, 'func.rb'), 'puts "runs"');
      await writeFile(join(folder, 'debug/session.rb'), 'raise LoadError, "none here"');
      const route = open({ source: { folder, runtime: 'ruby' }, config: { RUBYLIB: folder } });
      const { error } = await route.call('Johnny');
      const { code, hint } = error ?? {};
      assert.deepEqual(
        {
          code,
          isNamed: /^The function's Ruby has no debug gem: ruby [\d.]+: none here\.$/.test(error?.message ?? ''),
          hint,
        },
        {
          code: 'debugger-missing',
          isNamed: true,
          hint: 'Add to its Dockerfile: RUN gem install debug. With a Gemfile: gem "debug".',
        },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
