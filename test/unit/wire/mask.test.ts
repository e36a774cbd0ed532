import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CredentialMask, maskedHeaders, maskedUrl } from '../../../src/core/wire/mask.ts';
import { isUsualSecret, secretNames } from '../../../src/core/wire/secret-names.ts';
import { seedOf } from '../../seed.ts';

const request =
  'GET / HTTP/1.1\r\nHost: localhost\r\nDb_password: hunter2\r\nHeader_authorization: Bearer s3cret\r\nHeader_cookie: a=b\r\n' +
  'Header_x_api_key: k\r\nMethod: POST\r\nRequest_url: http://localhost/r/a/b?x=1&api_key=k%20k&y=2\r\nTask-Id: 1\r\n\r\nAuthorization: in the body\r\n';
const maskedRequest =
  'GET / HTTP/1.1\r\nHost: localhost\r\nDb_password: *******\r\nHeader_authorization: ****** ******\r\nHeader_cookie: ***\r\n' +
  'Header_x_api_key: *\r\nMethod: POST\r\nRequest_url: http://localhost/r/a/b?x=1&api_key=*****&y=2\r\nTask-Id: 1\r\n\r\nAuthorization: in the body\r\n';

function maskOf(pieces: readonly Uint8Array[]): string {
  const mask = new CredentialMask();
  return Buffer.concat(pieces.map((piece) => mask.mask(piece))).toString('latin1');
}

describe('credentials on the wire', () => {
  it('are overwritten byte for byte in the head, and only there', () => {
    assert.equal(maskOf([Buffer.from(request)]), maskedRequest);
  });

  it('are overwritten wherever the bytes are cut', (test) => {
    const bytes = Buffer.from(request);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts, bytes.length].sort((a, b) => a - b);
        assert.equal(maskOf(at.slice(1).map((end, i) => bytes.subarray(at[i], end))), maskedRequest);
      }),
      { seed: seedOf(test) },
    );
  });

  it('of an answer behind an interim one are overwritten too', () => {
    const answer = 'HTTP/1.1 103 Hints\nA: b\n\nHTTP/1.1 200 OK\nSet-Cookie: id=1\nA: b\n\nSet-Cookie: body';
    assert.equal(
      maskOf([Buffer.from(answer)]),
      'HTTP/1.1 103 Hints\nA: b\n\nHTTP/1.1 200 OK\nSet-Cookie: ****\nA: b\n\nSet-Cookie: body',
    );
  });

  it('on a folded line stay secret', () => {
    const answer = 'HTTP/1.1 200 OK\r\nX-Token: a\r\n b\r\nA: c\r\n d\r\n\r\n';
    assert.equal(maskOf([Buffer.from(answer)]), 'HTTP/1.1 200 OK\r\nX-Token: *\r\n *\r\nA: c\r\n d\r\n\r\n');
  });

  it('leave bytes without them as they are, uncopied', () => {
    const bytes = Buffer.from('GET / HTTP/1.1\r\nA: b\r\n\r\n');
    assert.equal(new CredentialMask().mask(bytes), bytes);
  });

  it('of a setting are overwritten in every spelling', () => {
    const names = secretNames(['X-Pin', ' DB_URL ', '']);
    const lines = 'X-Pin: 12\r\nHeader_x_pin: 12\r\nDb_url: pg\r\nX-Pinned: 1\r\nAuthorization: a\r\n\r\n';
    assert.equal(
      Buffer.from(new CredentialMask(names).mask(Buffer.from(`GET / HTTP/1.1\r\n${lines}`))).toString(),
      'GET / HTTP/1.1\r\nX-Pin: **\r\nHeader_x_pin: **\r\nDb_url: **\r\nX-Pinned: 1\r\nAuthorization: *\r\n\r\n',
    );
  });
});

describe('names of credentials', () => {
  const secret = [
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'Set-Cookie',
    'X-Api-Key',
    'client_secret',
    'APIKEY',
  ];
  const spelt = [
    'Header_authorization',
    'db-password',
    'DB_PASSWORD',
    'Db_password',
    'AWS_SECRET_ACCESS_KEY',
    'x-auth-token',
  ];
  const open = ['Accept', 'Content-Type', 'Task-Id', 'Method', 'Route', 'PATH', 'KEYBOARD', 'APP_CFG'];

  it('are known in their HTTP, wire, config and environment spellings', () => {
    assert.deepEqual([...secret, ...spelt, ...open].filter(isUsualSecret), [...secret, ...spelt]);
  });
});

describe('credentials in headers and URLs', () => {
  it('are overwritten at equal length in bytes', () => {
    assert.deepEqual(
      maskedHeaders(
        [
          ['Authorization', 'Bearer a€'],
          ['Referer', 'http://a/?token=t#x'],
          ['Accept', '*'],
        ],
        isUsualSecret,
      ),
      [
        ['Authorization', '****** ****'],
        ['Referer', 'http://a/?token=*#x'],
        ['Accept', '*'],
      ],
    );
  });

  it('leave what is around them in a query', () => {
    assert.equal(maskedUrl('http://h/p?a=1&password=b%26c&d', isUsualSecret), 'http://h/p?a=1&password=*****&d');
  });
});
