import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEngineLost, engineWords } from '../../../../src/engines/docker/engine-request-errors.ts';

describe('failed requests to the engine', () => {
  for (const code of ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'ABORT_ERR']) {
    it(`are a lost engine with ${code}`, () => {
      const failure = asEngineLost(Object.assign(new Error(`connect ${code}`), { code }), 'unix:///x.sock');
      assert.equal(Reflect.get(Object(failure), 'code'), 'engine-lost');
    });
  }

  it('stay what they are where the engine gave an answer', () => {
    const answered = Object.assign(new Error('(HTTP code 500) server error - no'), { statusCode: 500, code: 'ENOENT' });
    assert.equal(asEngineLost(answered, 'unix:///x.sock'), answered);
  });

  for (const [error, words] of [
    [Object.assign(new Error('(HTTP code 500) server error - boom '), { json: { message: 'boom' } }), 'boom'],
    [new Error('(HTTP code 404) no such container - No such container: x '), 'No such container: x'],
    [new Error('plain'), 'plain'],
  ] as const) {
    it(`say "${words}" for ${error.message}`, () => {
      assert.equal(engineWords(error), words);
    });
  }
});
