import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FunctionSource } from '../../../../src/core/route.ts';
import { detectLanguage } from '../../../../src/debug/languages/detect-language.ts';
import { routeWith } from '../../route-with.ts';

function languageOf(source: Partial<FunctionSource>, files: readonly string[] = [], argv?: readonly string[]) {
  const found = argv && { argv, env: {}, workingFolder: '/' };
  return detectLanguage(routeWith({ source: { folder: '/function', ...source } }), found, files);
}

describe('the language of a function', () => {
  it('is that of its runtime, whatever its version', () => {
    const runtimes = ['node', 'nodejs22', 'Python3.12', 'go1.22', 'golang', 'ruby', 'java21', 'php8', 'sh', 'rust'];
    assert.deepEqual(
      runtimes.map((runtime) => languageOf({ runtime })),
      ['node', 'node', 'python', 'go', 'go', 'ruby', 'java', 'php', undefined, undefined],
    );
  });

  it('is that of the interpreter that its command runs', () => {
    const commands = [
      'docker-entrypoint.sh node x',
      '/usr/bin/python3.11 -u x',
      'npm start',
      'bundle exec x',
      'java x',
    ];
    assert.deepEqual(
      commands.map((command) => languageOf({}, [], command.split(' '))),
      ['node', 'python', 'node', 'ruby', 'java'],
    );
  });

  it('is that of the file that its command names', () => {
    assert.equal(languageOf({ entrypoint: ['/app/run', 'func.rb'] }), 'ruby');
  });

  it('is told by the command before the runtime', () => {
    assert.equal(languageOf({ runtime: 'kotlin' }, [], ['node', 'func.js']), 'node');
  });

  it('of a program by its own name is that of its project, else that of its main file', () => {
    const folders = [
      ['Dockerfile', 'go.mod', 'func.go'],
      ['helper.js', 'func.py'],
      ['Dockerfile', 'x.rb'],
      ['func.sh'],
    ];
    assert.deepEqual(
      folders.map((files) => languageOf({}, files, ['/func'])),
      ['go', 'python', 'ruby', undefined],
    );
  });
});
