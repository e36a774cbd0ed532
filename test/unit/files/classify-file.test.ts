import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyFile } from '../../../src/core/files/classify-file.ts';

describe('classifyFile', () => {
  for (const [name, kind] of [
    ['func.yaml', 'func-yaml'],
    ['func.yml', 'func-yaml'],
    ['func.json', 'func-json'],
    ['hotroute.json', 'route-json'],
    ['hello.route.json', 'route-json'],
    ['app.yaml', 'app-yaml'],
    ['func.yaml.bak', 'none'],
    ['myfunc.yaml', 'none'],
    ['route.json', 'none'],
    ['package.json', 'none'],
    ['', 'none'],
  ] as const) {
    it(`takes ${JSON.stringify(name)} as ${kind}`, () => {
      assert.equal(classifyFile(name), kind);
    });
  }

  it('looks at the last part of a path or URI only', () => {
    assert.deepEqual(
      ['/srv/func.yaml/readme.md', 'C:\\srv\\func.yml', 'file:///srv/a%20b/func.json'].map(classifyFile),
      ['none', 'func-yaml', 'func-json'],
    );
  });
});
