import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAppFile } from '../../../src/core/files/parse-app-file.ts';
import { parseFunctionFile } from '../../../src/core/files/parse-function-file.ts';
import { parseRouteFile } from '../../../src/core/files/parse-route-file.ts';
import type { TextRange } from '../../../src/core/files/parsed-file.ts';
import { seedOf } from '../../seed.ts';
import { context } from './function-file-reading.ts';

const words = ['name', 'memory', 'route', 'routes', 'config', 'headers', 'tests', 'path', 'image', 'timeout', 'cmd'];
const signs = [
  ': ',
  '\n',
  '\n  ',
  '- ',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '|\n',
  '&a ',
  '*a',
  '<<: ',
  '!x ',
  '#',
  '---\n',
];
const values = [
  '0',
  '-1',
  '1.5',
  'null',
  'true',
  '/a:b',
  '30s',
  '\t',
  '\r\n',
  '\0',
  '\uFEFF',
  '\uD800',
  'ü',
  '🦊',
  '__proto__',
];
const almostFile = fc
  .array(fc.constantFrom(...words, ...signs, ...values), { maxLength: 60 })
  .map((all) => all.join(''));
const fields = fc.dictionary(fc.constantFrom(...words), fc.jsonValue({ maxDepth: 3 }));
const wellFormed = fc.oneof(fields, fc.record({ route: fields }), fc.record({ routes: fc.array(fields) }));
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  almostFile,
  wellFormed.map((value) => JSON.stringify(value, undefined, 2)),
);

function rangesIn(text: string): readonly TextRange[] {
  const app = parseAppFile(text);
  const files = [
    parseFunctionFile(text, context, 'yaml'),
    parseFunctionFile(text, context, 'json'),
    parseRouteFile(text, context),
  ];
  return [
    ...(app.kind === 'app' ? app.problems.map(({ range }) => range) : []),
    ...files.flatMap((file) =>
      file.kind === 'functions' ? [...file.problems, ...file.definitions].map(({ range }) => range) : [],
    ),
  ];
}

describe('Whatever a file contains', () => {
  it('it is read without a throw, and every range lies inside it and marks something', (test) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const astray = rangesIn(text).filter(
          ({ offset, length }) => offset < 0 || offset + length > text.length || (length < 1 && text.length > 0),
        );
        assert.deepEqual(astray, []);
      }),
      { numRuns: 1500, seed: seedOf(test) },
    );
  });

  it('a file with an error of its own defines no function', (test) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseFunctionFile(text, context, 'yaml');
        const definitions = parsed.kind === 'functions' ? parsed.definitions.length : 0;
        const isWrong = parsed.kind === 'functions' && parsed.problems.some(({ severity }) => severity === 'error');
        assert.ok(definitions === 0 || (definitions === 1 && !isWrong));
      }),
      { numRuns: 1000, seed: seedOf(test) },
    );
  });
});
