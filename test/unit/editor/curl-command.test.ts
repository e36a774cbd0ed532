import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CurlOptions, curlCommand, routeUrl } from '../../../src/editor/endpoint/curl-command.ts';

const plain: CurlOptions = {
  url: 'http://localhost:8080/r/app/hot',
  payload: { kind: 'none' },
  pathOf: (uri) => uri.replace('file://', ''),
  needsSignedToken: false,
};

/** The words that a POSIX shell makes of a command. */
function wordsOf(command: string): readonly string[] {
  const script = `set -- ${command}\nfor word do printf '%s\\0' "$word"; done`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { JWT: 'signed' } })
    .split('\0')
    .slice(0, -1);
}

describe('a call as a command of the shell', () => {
  it('without a payload is the address alone', () => {
    assert.equal(curlCommand(plain), "curl 'http://localhost:8080/r/app/hot'");
  });

  it('has the last payload as its body, also one that looks like a file', () => {
    assert.deepEqual(wordsOf(curlCommand({ ...plain, payload: { kind: 'text', text: "@it's $HOME" } })).slice(2), [
      '-H',
      'Content-Type: text/plain',
      '--data-raw',
      "@it's $HOME",
    ]);
  });

  it('says that JSON is JSON', () => {
    const command = curlCommand({ ...plain, payload: { kind: 'text', text: '{"a": 1}' } });
    assert.deepEqual(wordsOf(command)[3], 'Content-Type: application/json');
  });

  it('sends a file as it is', () => {
    const command = curlCommand({ ...plain, payload: { kind: 'file', uri: 'file:///home/me/a b.bin' } });
    assert.deepEqual(wordsOf(command).slice(-2), ['--data-binary', '@/home/me/a b.bin']);
  });

  it('shows the token that the endpoint asks for', () => {
    const command = curlCommand({ ...plain, tokenHeader: ['Hot-Functions-Token', 'abc'] });
    assert.deepEqual(wordsOf(command).slice(2), ['-H', 'Hot-Functions-Token: abc']);
  });

  it('leaves the signed token of a route to the shell', () => {
    assert.deepEqual(wordsOf(curlCommand({ ...plain, needsSignedToken: true })).slice(2), [
      '-H',
      'Authorization: Bearer signed',
    ]);
  });

  it('reaches the shell as it is, whatever the payload', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((it) => !it.includes('\0'));
    const payloads = fc.array(text, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(payloads, (texts) => {
        const commands = texts.map((it) => curlCommand({ ...plain, payload: { kind: 'text', text: it } }));
        const words = wordsOf(commands.join(' '));
        assert.deepEqual(
          words.filter((_, at) => words[at - 1] === '--data-raw'),
          texts,
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe("a route's address", () => {
  it('is that of the endpoint with app and path, encoded', () => {
    assert.equal(
      routeUrl('http://localhost:8080', { app: 'my app', path: '/grüße/50%?' }),
      'http://localhost:8080/r/my%20app/gr%C3%BC%C3%9Fe/50%25%3F',
    );
  });
});
