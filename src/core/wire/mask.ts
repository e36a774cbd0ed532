import type { HeaderList } from '../call.ts';
import { type IsSecret, isUsualSecret } from './secret-names.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const AMPERSAND = 38;
const ASTERISK = 42;
const COLON = 58;
const EQUALS = 61;
const QUESTION_MARK = 63;
const maxName = 256;
/** What a parameter of a query cannot contain: `"`, `#`, `'`, `,`, `>` and white space end it. */
const endOfParameter: ReadonlySet<number> = new Set([CR, SPACE, TAB, 34, 35, 39, 44, 62]);

/**
 * Overwrites the values of credential headers, and of credentials in the queries of other headers, with `*`, byte for
 * byte, so that offsets and lengths stay true. One mask per message stream: it follows the head over chunks that end
 * anywhere, and lets bodies through.
 */
export class CredentialMask {
  readonly #isSecret: IsSecret;
  #state: 'start-line' | 'name' | 'value' | 'secret' | 'body' = 'start-line';
  #name = '';
  #line = '';
  #lineBytes = 0;
  #interim = false;
  /** The name of a query's parameter, as far as it has come. */
  #parameter: string | undefined;
  #inSecretParameter = false;

  constructor(isSecret: IsSecret = isUsualSecret) {
    this.#isSecret = isSecret;
  }

  /** @returns `bytes` itself where nothing had to be hidden, else a copy of the same length. */
  mask(bytes: Uint8Array): Uint8Array {
    let masked: Uint8Array | undefined;
    for (let i = 0; i < bytes.length && this.#state !== 'body'; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte === LF) {
        this.#endLine();
        continue;
      }
      this.#lineBytes += byte === CR ? 0 : 1;
      if (this.#state === 'secret' ? byte !== CR && byte !== SPACE && byte !== TAB : this.#isHidden(byte)) {
        masked ??= Uint8Array.from(bytes);
        masked[i] = ASTERISK;
      } else if (this.#state === 'start-line') {
        this.#line += this.#line.length < maxName ? String.fromCharCode(byte) : '';
      } else if (this.#state === 'name') {
        this.#nameByte(byte);
      }
    }
    return masked ?? bytes;
  }

  #nameByte(byte: number): void {
    if (byte === COLON) {
      this.#state = this.#isSecret(this.#name) ? 'secret' : 'value';
    } else if ((byte === SPACE || byte === TAB) && this.#name === '' && this.#lineBytes === 1) {
      // A folded line continues the header before it, and is as secret.
      this.#state = this.#folded;
    } else {
      this.#name += this.#name.length < maxName ? String.fromCharCode(byte) : '';
    }
  }

  /** Whether this byte of a value belongs to a credential in a query. */
  #isHidden(byte: number): boolean {
    if (this.#state !== 'value') {
      return false;
    }
    if (byte === QUESTION_MARK || byte === AMPERSAND) {
      this.#parameter = '';
      this.#inSecretParameter = false;
    } else if (endOfParameter.has(byte)) {
      this.#parameter = undefined;
      this.#inSecretParameter = false;
    } else if (this.#parameter !== undefined) {
      if (byte === EQUALS) {
        this.#inSecretParameter = this.#isSecret(this.#parameter);
        this.#parameter = undefined;
      } else {
        this.#parameter += this.#parameter.length < maxName ? String.fromCharCode(byte) : '';
      }
      return false;
    }
    return this.#inSecretParameter;
  }

  #folded: 'value' | 'secret' = 'value';

  #endLine(): void {
    const emptyLine = this.#lineBytes === 0;
    this.#lineBytes = 0;
    this.#name = '';
    this.#parameter = undefined;
    this.#inSecretParameter = false;
    if (this.#state === 'start-line') {
      this.#interim = /^HTTP\/1\.\d 1\d\d/.test(this.#line);
      this.#line = '';
      this.#state = 'name';
      return;
    }
    if (emptyLine) {
      this.#state = this.#interim ? 'start-line' : 'body';
      return;
    }
    this.#folded = this.#state === 'secret' ? 'secret' : 'value';
    this.#state = 'name';
  }
}

/** The same for headers, or other named values, that are not bytes. */
export function maskedHeaders(headers: HeaderList, isSecret: IsSecret): HeaderList {
  return headers.map(([name, value]) => [name, isSecret(name) ? stars(value) : maskedUrl(value, isSecret)]);
}

/** The same for the query of a URL. */
export function maskedUrl(url: string, isSecret: IsSecret): string {
  return url.replace(/([?&])([^=&#\s]*)=([^&#"',>\s]*)/g, (whole, mark: string, name: string, value: string) =>
    isSecret(name) ? `${mark}${name}=${stars(value)}` : whole,
  );
}

function stars(value: string): string {
  return value.replace(/[^ \t]/gu, (character) => '*'.repeat(Buffer.byteLength(character)));
}
