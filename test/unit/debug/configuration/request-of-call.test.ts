import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOfCall } from '../../../../src/debug/configuration/request-of-call.ts';

const noFile = (): Promise<Uint8Array> => Promise.reject(new Error('There is no file'));

describe('the call of a launch configuration', () => {
  it('without anything is a request without anything', async () => {
    assert.deepEqual(await requestOfCall({}, noFile), {});
  });

  it('has its headers in order, a list once for each, and no question mark in its query', async () => {
    const call = { method: 'POST', query: '?a=1', headers: { B: ['1', '2'], A: '3' }, body: 'x' };
    assert.deepEqual(await requestOfCall(call, noFile), {
      method: 'POST',
      query: 'a=1',
      headers: [
        ['B', '1'],
        ['B', '2'],
        ['A', '3'],
      ],
      body: 'x',
    });
  });

  it("takes a file's bytes as its body", async () => {
    const read = (path: string): Promise<Uint8Array> => Promise.resolve(Buffer.from(`bytes of ${path}`));
    assert.deepEqual(await requestOfCall({ bodyFile: '/body.bin' }, read), { body: Buffer.from('bytes of /body.bin') });
  });

  it('whose file cannot be read names the file', async () => {
    await assert.rejects(requestOfCall({ bodyFile: '/body.bin' }, noFile), {
      code: 'invalid-request',
      message: 'The file of the body, /body.bin, cannot be read.',
    });
  });
});
