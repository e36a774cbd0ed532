import { type Framing, framingOf, headOf, type ResponseHead, trimmed } from './response-head.ts';

/** A head and what it says of the body. Its headers never change. */
export interface UsualHead {
  readonly head: ResponseHead;
  readonly framing: Framing;
}

const LF = 10;
const CR = 13;
const zero = 48;
/** The empty line behind a head, and the end of the line before it. */
const endBytes = 4;

/** A final status and headers in printable ASCII, lines ending in CR LF. No part can match in two ways: it is linear. */
const usual = /^HTTP\/1\.[01] [2-9]\d\d(?: [\t -~]*)?(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*)*$/;

/** The usual heads of one container's answers. One that says the same as the last one is that one: it is not read again. */
export class UsualHeads {
  #last: { readonly bytes: Uint8Array; readonly head: UsualHead } | undefined;

  /**
   * The head at the beginning of `input`, if it is there as a whole and nothing about it is out of the ordinary. Of any
   * other this says nothing: it is read line by line, which gives the same for a usual one but takes twice as long.
   */
  read(input: Buffer, maxHeadBytes: number): UsualHead | undefined {
    // Up to the empty line, so that nothing else can be meant by the same bytes.
    if (this.#last !== undefined && beginsWith(input, this.#last.bytes)) {
      return this.#last.head;
    }
    const head = readUsualHead(input, maxHeadBytes);
    if (head !== undefined) {
      // A copy: the input is a small part of what would be kept with it.
      this.#last = { bytes: Uint8Array.from(input.subarray(0, head.head.headBytes)), head };
    }
    return head;
  }
}

function beginsWith(input: Buffer, bytes: Uint8Array): boolean {
  if (input.length < bytes.length) {
    return false;
  }
  for (let at = 0; at < bytes.length; at += 1) {
    if (input[at] !== bytes[at]) {
      return false;
    }
  }
  return true;
}

function readUsualHead(input: Buffer, maxHeadBytes: number): UsualHead | undefined {
  const headBytes = endOfHead(input, maxHeadBytes);
  if (headBytes === undefined) {
    return undefined;
  }
  const text = input.toString('latin1', 0, headBytes - endBytes);
  if (!usual.test(text)) {
    return undefined;
  }
  const status = (text.charCodeAt(9) - zero) * 100 + (text.charCodeAt(10) - zero) * 10 + text.charCodeAt(11) - zero;
  const headers = headersBehind(text, text.indexOf('\r\n'));
  const framing = framingOf(headers, status);
  if (framing.kind === 'problem') {
    return undefined;
  }
  return { head: headOf(status, Object.freeze(headers), headBytes), framing };
}

/** A loop, because `indexOf` takes longer than that to look at what it was given: a head is short. */
function endOfHead(input: Buffer, maxHeadBytes: number): number | undefined {
  const end = Math.min(input.length, maxHeadBytes);
  for (let at = endBytes - 1; at < end; at += 1) {
    if (input[at] === LF && input[at - 2] === LF && input[at - 1] === CR && input[at - 3] === CR) {
      return at + 1;
    }
  }
  return undefined;
}

function headersBehind(text: string, statusLineEnd: number): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [];
  let end = statusLineEnd;
  while (end !== -1) {
    const from = end + 2;
    end = text.indexOf('\r\n', from);
    const colon = text.indexOf(':', from);
    headers.push([text.slice(from, colon), trimmed(text, colon + 1, end === -1 ? text.length : end)]);
  }
  return headers;
}
