import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAttributes } from '../../../../src/debug/configuration/read-attributes.ts';

describe('the attributes of a launch configuration', () => {
  it('are taken over, and no others', () => {
    const attributes = {
      route: 'shop/hello',
      call: { method: 'PUT', query: 'a=1', headers: { Accept: ['x', 'y'], 'X-One': 'z' }, body: '' },
      language: 'python',
      localRoot: '/here',
      remoteRoot: '/there',
      hot: false,
      stopOnEntry: true,
      env: { DEBUG: '1' },
      container: 'hot-1',
    };
    assert.deepEqual(readAttributes({ type: 'hot-function', request: 'launch', name: 'x', ...attributes }), attributes);
  });

  it('may all be absent', () => {
    assert.deepEqual(readAttributes({}), {});
  });

  it('that a variable left empty count as absent', () => {
    assert.deepEqual(readAttributes({ localRoot: '', route: '' }), {});
  });

  for (const [configuration, message] of [
    [{ route: 7 }, '"route" must be a string.'],
    [{ hot: 'yes' }, '"hot" must be true or false.'],
    [{ language: 'cobol' }, '"language" must be one of node, python, go, ruby, java, php, or be left out.'],
    [{ env: { A: 1 } }, '"env.A" must be a string.'],
    [{ env: [] }, '"env" must be an object.'],
    [{ call: 'GET' }, '"call" must be an object.'],
    [{ call: { body: {} } }, '"call.body" must be a string.'],
    [{ call: { headers: { A: [1] } } }, '"call.headers.A" must be a string or a list of strings.'],
    [{ call: { body: 'x', bodyFile: '/x' } }, '"call" has both a "body" and a "bodyFile".'],
  ] as const) {
    it(`of the wrong kind are named: ${message}`, () => {
      assert.throws(() => readAttributes(configuration), {
        code: 'invalid-request',
        message: `This launch configuration cannot be used: ${message}`,
      });
    });
  }
});
