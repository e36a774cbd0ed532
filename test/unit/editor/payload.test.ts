import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asPayload, payloadOfText, requestOf } from '../../../src/editor/invoke/payload.ts';

const noFile = () => Promise.reject(new Error('no file is read'));

describe('payload', () => {
  it('of nothing makes a request without a body, and so a GET', async () => {
    assert.deepEqual(await requestOf(payloadOfText(''), noFile), {});
  });

  it('of a line is the body', async () => {
    assert.deepEqual(await requestOf(payloadOfText('Johnny'), noFile), { body: 'Johnny' });
  });

  it('of a file is what the file holds at the call', async () => {
    const bytes = Uint8Array.of(1, 2);
    assert.deepEqual(await requestOf({ kind: 'file', uri: 'file:///x' }, async () => bytes), { body: bytes });
  });

  it('of a file that is gone is refused by name', async () => {
    await assert.rejects(requestOf({ kind: 'file', uri: 'file:///x' }, noFile), {
      code: 'invalid-request',
      message: 'The payload file file:///x cannot be read.',
    });
  });

  it('survives being stored, and what is no payload becomes none', () => {
    const stored = [
      { kind: 'text', text: 'a' },
      { kind: 'file', uri: 'file:///x' },
      { kind: 'text', text: 1 },
      undefined,
    ];
    assert.deepEqual(stored.map(asPayload), [
      { kind: 'text', text: 'a' },
      { kind: 'file', uri: 'file:///x' },
      { kind: 'none' },
      { kind: 'none' },
    ]);
  });
});
