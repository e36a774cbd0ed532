/** Names of headers, in HTTP and in the wire's spelling, whose values are credentials. */
const secretName = /authorization|cookie|secret|token|passw(?:or)?d|api[-_]?key|credential|private[-_]?key/i;

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const ASTERISK = 42;
const maxName = 256;

function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * Overwrites the values of credential headers with `*`, byte for byte, so that offsets and lengths stay true.
 * One mask per message stream: it follows the head over chunks that end anywhere, and lets bodies through.
 */
export class CredentialMask {
  #state: 'start-line' | 'name' | 'value' | 'secret' | 'body' = 'start-line';
  #name = '';
  #line = '';
  #lineBytes = 0;
  #interim = false;

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
      if (this.#state === 'secret' && byte !== CR && byte !== SPACE && byte !== TAB) {
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
      this.#state = isSecretName(this.#name) ? 'secret' : 'value';
    } else if ((byte === SPACE || byte === TAB) && this.#name === '' && this.#lineBytes === 1) {
      // A folded line continues the header before it, and is as secret.
      this.#state = this.#folded;
    } else {
      this.#name += this.#name.length < maxName ? String.fromCharCode(byte) : '';
    }
  }

  #folded: 'value' | 'secret' = 'value';

  #endLine(): void {
    const emptyLine = this.#lineBytes === 0;
    this.#lineBytes = 0;
    this.#name = '';
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
