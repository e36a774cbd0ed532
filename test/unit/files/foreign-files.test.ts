import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFunctionFile } from '../../../src/core/files/parse-function-file.ts';
import { context } from './function-file-reading.ts';

describe('A func.yaml of another system is left alone', () => {
  for (const [name, text] of [
    ["Knative's", 'specVersion: 0.36.0\nname: hello\nruntime: node\ncreated: 2024-01-01T00:00:00Z\n'],
    ["Knative's, half written", 'specVersion: 0.36.0\nname: hello\nbuild: [\n'],
    ["Knative's before it had a version", 'name: hello\nnamespace: ""\nruntime: go\nhealthEndpoints: {}\n'],
    ['a Kubernetes object', 'apiVersion: v1\nkind: Function\nmetadata:\n  name: x\n'],
    ['one with none of our fields', 'packages:\n  hello:\n    actions: {}\n'],
    ['one with none of our fields, half written', 'packages:\n  hello: [\n'],
    ['a list', '- name: a\n'],
    ['a text', 'hello\n'],
  ] as const) {
    it(name, () => {
      assert.deepEqual(parseFunctionFile(text, context, 'yaml'), { kind: 'foreign' });
    });
  }

  it('and so is such a func.json', () => {
    assert.deepEqual(parseFunctionFile('{"bindings": []}', context, 'json'), { kind: 'foreign' });
  });
});
