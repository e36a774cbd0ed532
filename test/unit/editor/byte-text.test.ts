import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteText, bytesAsText } from '../../../src/editor/wire-log/byte-text.ts';
import { seedOf } from '../../seed.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('bytes as text', () => {
  it('shows line ends and breaks the line after them', () => {
    assert.equal(bytesAsText(utf8('GET / HTTP/1.1\r\n\r\na\nb')), 'GET / HTTP/1.1\\r\\n\n\\r\\n\na\\n\nb');
  });

  it('shows a carriage return alone, tabs and other controls as escapes', () => {
    assert.equal(bytesAsText(utf8('a\rb\tc\0d\x1b[31m\x7f')), 'a\\x0db\\x09c\\x00d\\x1b[31m\\x7f');
  });

  it('keeps valid UTF-8', () => {
    assert.equal(bytesAsText(utf8('Grüße, 世界 🔥')), 'Grüße, 世界 🔥');
  });

  it('escapes what is no UTF-8: a lone continuation, an overlong form, a surrogate, a cut character', () => {
    const bytes = Uint8Array.of(0x80, 0x2d, 0xc0, 0xaf, 0x2d, 0xed, 0xa0, 0x80, 0x2d, 0xe4, 0xb8);
    assert.equal(bytesAsText(bytes), '\\x80-\\xc0\\xaf-\\xed\\xa0\\x80-\\xe4\\xb8');
  });

  it('escapes characters that reorder or hide text', () => {
    assert.equal(
      bytesAsText(utf8('a\u202eb\u2066c\u200bd\ufeffe\u2028f\u0085g\u00a0h')),
      'a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\\xe2\\x80\\x8bd\\xef\\xbb\\xbfe\\xe2\\x80\\xa8f\\xc2\\x85g\\xc2\\xa0h',
    );
  });

  it('shows a character and a CR LF that are split over chunks whole', () => {
    const text = new ByteText();
    const [first = 0, second = 0] = utf8('ü');
    assert.deepEqual(
      [
        text.write(Uint8Array.of(0x61, first)),
        text.write(Uint8Array.of(second, 0x0d)),
        text.write(Uint8Array.of(0x0a)),
      ],
      ['a', 'ü', '\\r\\n\n'],
    );
  });

  it('gives out on flush what it held back', () => {
    const text = new ByteText();
    assert.deepEqual(
      [text.write(Uint8Array.of(0x61, 0xe4, 0xb8)), text.flush(), text.flush()],
      ['a', '\\xe4\\xb8', ''],
    );
  });

  it('says the same however the bytes are split', (test) => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x0d, 0x0a, 0xe2, 0x80, 0xae, 0xf0, 0x9f, 0x94, 0xa5),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(8), { maxLength: 60 }), (bytes, cuts) => {
        const whole = Uint8Array.from(bytes);
        const text = new ByteText();
        let shown = '';
        let at = 0;
        for (const cut of cuts) {
          shown += text.write(whole.subarray(at, at + cut));
          at = Math.min(whole.length, at + cut);
        }
        shown += text.write(whole.subarray(at)) + text.flush();
        assert.equal(shown, bytesAsText(whole));
      }),
      { seed: seedOf(test) },
    );
  });

  it('never lets a control character through except the line feed it adds', (test) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        assert.doesNotMatch(bytesAsText(bytes).replaceAll('\\n\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u);
      }),
      { seed: seedOf(test) },
    );
  });
});
