import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Route } from '../../src/core/route.ts';
import type { LanguageId } from '../../src/debug/languages/debug-language.ts';
import { languageOf } from '../../src/debug/languages/languages.ts';
import { routeWith } from '../unit/route-with.ts';
import { DebuggedRoute } from './debugged-route.ts';
import type { EngineForDebugging } from './engine-for-debugging.ts';

const examples = join(import.meta.dirname, '../../examples');
const functions = join(import.meta.dirname, 'functions');

interface Subject {
  readonly language: LanguageId;
  readonly folder: string;
  readonly file: string;
  /** Runs before the first call. */
  readonly early: string;
  /** Runs in each call, after which `local` holds `value`. */
  readonly inCall: string;
  readonly local: string;
  readonly value: (call: number) => string;
  readonly expression: string;
}

const hotSubjects: readonly Subject[] = [
  {
    language: 'node',
    folder: join(examples, 'hot-node'),
    file: 'func.js',
    early: 'let calls = 0',
    inCall: 'const before =',
    local: 'call',
    value: String,
    expression: 'console.log("typed"), call + 1',
  },
  {
    language: 'python',
    folder: join(examples, 'hot-python'),
    file: 'func.py',
    early: 'calls = 0',
    inCall: 'greeting = headers.get',
    local: 'calls',
    value: String,
    expression: 'calls + 1',
  },
  {
    language: 'go',
    folder: join(examples, 'hot-go'),
    file: 'func.go',
    early: 'in, out :=',
    inCall: 'body := answer(',
    local: 'calls',
    value: String,
    expression: 'calls + 1',
  },
  {
    language: 'ruby',
    folder: join(functions, 'hot-ruby'),
    file: 'func.rb',
    early: 'calls = 0',
    inCall: 'greeting = headers',
    local: 'calls',
    value: String,
    expression: '(answers.puts "" if false; puts "typed"; calls + 1)',
  },
];

/** Each language's debugger on a real engine, spoken to as an editor does. */
export function describeLanguagesOn(what: string, open: () => Promise<EngineForDebugging>): void {
  describe(`hot functions under their debugger ${what}`, () => {
    let real: EngineForDebugging;
    let debugged: DebuggedRoute | undefined;
    before(async () => {
      real = await open();
    });
    afterEach(async () => {
      await debugged?.close();
      debugged = undefined;
    });
    after(() => real.close());

    for (const subject of hotSubjects) {
      it(`${subject.language}: stops before the first call and in each, and answers as ever`, async () => {
        debugged = new DebuggedRoute(real, hotRoute(real, subject), languageOf(subject.language));
        const early = debugged.breakpoint(subject.file, subject.early);
        const inCall = debugged.breakpoint(subject.file, subject.inCall);
        const seen: unknown[] = [];
        const texts: string[] = [];
        for (const call of [1, 2]) {
          const answering = debugged.call('Johnny');
          if (call === 1) {
            const stop = await debugged.nextStop(answering);
            seen.push({ file: stop.file, line: stop.line });
            await stop.resume();
          }
          const stop = await debugged.nextStop(answering);
          const typed = await stop.evaluate(subject.expression);
          seen.push({ file: stop.file, line: stop.line, local: stop.locals[subject.local], typed });
          await stop.step();
          const next = await debugged.nextStop(answering);
          seen.push(next.line > stop.line ? 'a later line' : next);
          await next.resume();
          const { status, text, error } = await answering;
          texts.push(`${status} ${error?.message ?? text}`);
        }
        assert.deepEqual(
          { seen, texts },
          {
            seen: [
              early,
              ...[1, 2].flatMap((call) => [
                { ...inCall, local: subject.value(call), typed: String(call + 1) },
                'a later line',
              ]),
            ],
            texts: [1, 2].map((call) => `200 Hello Johnny\nPOST /${subject.language}, call ${call} of this process\n`),
          },
        );
      });
    }
  });
}

function hotRoute(real: EngineForDebugging, { language, folder }: Subject): Route {
  return routeWith({
    app: 'tests',
    path: `/${language}`,
    image: `${real.name}/${language}:1`,
    format: 'http',
    memoryMiB: 64,
    source: { folder, runtime: language },
  });
}
