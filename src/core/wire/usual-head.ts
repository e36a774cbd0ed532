import type { HeaderList } from '../call.ts';
import { type Framing, framingOf, trimmed } from './response-head.ts';

export interface UsualHead {
  readonly status: number;
  readonly headers: HeaderList;
  readonly headBytes: number;
  readonly framing: Framing;
}

const endOfHead = Buffer.from('\r\n\r\n');

/** A final status and headers in printable ASCII, lines ending in CR LF. No part can match in two ways: it is linear. */
const usual = /^HTTP\/1\.[01] [2-9]\d\d(?: [\t -~]*)?(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*)*$/;

/**
 * The head at the beginning of `input`, if it is there as a whole and nothing about it is out of the ordinary. Of any
 * other this says nothing: it is read line by line, which gives the same for a usual one but takes twice as long.
 */
export function readUsualHead(input: Buffer, maxHeadBytes: number): UsualHead | undefined {
  const end = input.indexOf(endOfHead);
  const headBytes = end + endOfHead.length;
  if (end === -1 || headBytes > maxHeadBytes) {
    return undefined;
  }
  const text = input.toString('latin1', 0, end);
  if (!usual.test(text)) {
    return undefined;
  }
  const status = Number(text.slice(9, 12));
  const headers = headersBehind(text, text.indexOf('\r\n'));
  const framing = framingOf(headers, status);
  return framing.kind === 'problem' ? undefined : { status, headers, headBytes, framing };
}

function headersBehind(text: string, statusLineEnd: number): HeaderList {
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
