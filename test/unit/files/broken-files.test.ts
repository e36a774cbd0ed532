import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFunctionFile } from '../../../src/core/files/parse-function-file.ts';
import { context, errorsIn, readFunctionFile } from './function-file-reading.ts';

describe('Broken YAML is one problem, and no route', () => {
  for (const [text, marked, message] of [
    ['name: "a', 'a', 'The closing quote is missing.'],
    ['name: a\n\tmemory: 5', '\t', 'Indent with spaces: YAML allows no tab here.'],
    ['name: a\nname: b', 'name', '"name" is given twice.'],
    ['name: a\nconfig:\n  X: 1\n  X: 2\n', 'X', '"X" is given twice.'],
    ['name: a: b', 'a', 'A field cannot stand here: quote text that contains ": ", or correct the indentation.'],
    ['? [a]\n: b\nname: x', '[', 'A field name must be text.'],
    ['name: a\nmemory: *x', '*x', 'No anchor &x stands before this alias.'],
    ['name: x\nconfig: &c {A: *c}', '*c', 'No anchor &c stands before this alias.'],
    ['name: x\n<<: 1', '<<: 1', '`<<` takes a map or a list of maps.'],
  ] as const) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(errorsIn(text), [['error', marked, message]]);
    });
  }

  it('and marks the second of two equal keys', () => {
    const parsed = parseFunctionFile('name: a\nname: b', context, 'yaml');
    assert.ok(parsed.kind === 'functions');
    assert.deepEqual(
      parsed.problems.map(({ range }) => range),
      [{ offset: 8, length: 4 }],
    );
  });
});

describe('Broken JSON is one problem, and no route', () => {
  for (const [text, marked, message] of [
    ['{', '{', 'A closing } is missing.'],
    ['{"name": "a", "cmd": ["b"', '"', 'A closing ] is missing.'],
    ['{"name": "a" "memory": 1}', '"memory"', 'A comma is missing before this.'],
    ['{"name": "a",}', '}', 'JSON allows no comma before this.'],
    ['{"name" "a"}', '"a"', 'A colon is missing before this.'],
    ['{"name": }', '}', 'A value is missing before this.'],
    ['{"name": tru}', 'tru', 'This is no JSON value: text needs double quotes.'],
    ["{'name': 'a'}", "'name'", 'This is no JSON value: text needs double quotes.'],
    ['{"name": "a}', '"a}', 'The closing double quote is missing.'],
    ['{"name": "\\q"}', '"\\q"', 'A backslash in this text is followed by something JSON does not know.'],
    ['{"name": "a"}}', '}', 'The file should end before this.'],
    ['// mine\n{"name": "a"}', '// mine', 'JSON has no comments.'],
    ['{"name": "a", "name": "b"}', '"name"', '"name" is given twice.'],
  ] as const) {
    it(JSON.stringify(text), () => {
      const { definitions, problems } = readFunctionFile(text, undefined, 'json');
      assert.deepEqual(definitions, []);
      assert.deepEqual(problems, [['error', marked, message]]);
    });
  }
});

describe('A hostile file is one problem, and soon', () => {
  const nine = (item: string) => Array.from({ length: 9 }, () => item).join(',');
  const bomb = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    .map((name, index) => `${name}: &${name} [${nine(`*${'abcdefgh'[index]}`)}]`)
    .join('\n');
  for (const [name, syntax, text, message] of [
    ['more than 1 MiB', 'yaml', 'x'.repeat(1024 * 1024 + 1), 'This file is larger than 1 MiB and is not read.'],
    ['more than 1 MiB of JSON', 'json', ' '.repeat(1024 * 1024 + 1), 'This file is larger than 1 MiB and is not read.'],
    [
      'aliases of aliases',
      'yaml',
      `name: x\na: &a [${nine('1')}]\n${bomb}`,
      'The aliases of this file stand for too much.',
    ],
    ['a million tokens', 'yaml', '['.repeat(1_000_000), 'This file is too large for a function file.'],
    ['deep YAML', 'yaml', '['.repeat(90_000), 'This is nested too deeply.'],
    ['YAML a little too deep', 'yaml', `name: ${'['.repeat(150)}${']'.repeat(150)}`, 'This is nested too deeply.'],
    ['deep JSON', 'json', '['.repeat(1_000_000), 'This is nested too deeply.'],
  ] as const) {
    it(name, () => {
      const { definitions, problems } = readFunctionFile(text, undefined, syntax);
      assert.deepEqual(definitions, []);
      assert.deepEqual(
        problems.map(([severity, , said]) => [severity, said]),
        [['error', message]],
      );
    });
  }
});
