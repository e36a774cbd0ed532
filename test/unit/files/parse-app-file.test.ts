import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAppFile } from '../../../src/core/files/parse-app-file.ts';
import { markedProblems } from './marked-problems.ts';

function read(text: string) {
  const parsed = parseAppFile(text);
  assert.equal(parsed.kind, 'app');
  return { name: parsed.name, config: parsed.config, problems: markedProblems(text, parsed.problems) };
}

describe('app.yaml', () => {
  it('names an app and gives it config', () => {
    const text = 'name: shop\nconfig:\n  REGION: eu\n  PORT: 8080\nannotations: {}\n';
    assert.deepEqual(read(text), { name: 'shop', config: { REGION: 'eu', PORT: '8080' }, problems: [] });
  });

  it('without a name leaves the naming to the folder, with a warning', () => {
    const message = '"name" is missing: the app is called after its folder.';
    assert.deepEqual(read('config:\n  A: 1\n'), {
      name: undefined,
      config: { A: '1' },
      problems: [['warning', 'config', message]],
    });
    assert.deepEqual(read('name:\n').problems, [['warning', 'name', message]]);
  });

  it('that is empty needs a name', () => {
    assert.deepEqual(read('\n'), {
      name: undefined,
      config: {},
      problems: [['warning', '\n', 'This app file is empty: it needs a "name".']],
    });
  });

  for (const [text, marked, message] of [
    ['name: a/b', 'a/b', '"name" cannot contain white space, "/", ":", "?" or "#".'],
    ['name: [a]', '[a]', '"name" must be text.'],
    ['name: a\nconfig: b', 'b', '"config" must be a map of names and values.'],
    ['name: a\nconfig: [', '[', 'Flow sequence in block collection must be sufficiently indented and end with a ].'],
  ] as const) {
    it(`does not take ${JSON.stringify(text)}`, () => {
      assert.deepEqual(read(text).problems, [['error', marked, message]]);
    });
  }

  it('warns of unknown fields', () => {
    assert.deepEqual(read('name: a\nconfg: {}\n').problems, [
      ['warning', 'confg', 'Unknown field "confg". Did you mean "config"?'],
    ]);
  });

  for (const text of [
    'runtime: nodejs20\nhandlers: []\n',
    'name: site\nservices:\n  - name: web\n',
    'apiVersion: v1\nkind: List\nname: x\n',
    'other: 1\n',
    '- a\n',
  ]) {
    it(`is of another system when it is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseAppFile(text), { kind: 'foreign' });
    });
  }
});
