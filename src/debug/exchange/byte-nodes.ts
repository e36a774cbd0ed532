import { textOf } from '../../editor/response/body-text.ts';
import { hexDump } from '../../editor/response/hex-dump.ts';
import type { VariableNode } from './variable-node.ts';

/** More than anyone reads in a tree. */
const mostShownBytes = 64 * 1024;

/** Bytes as a value: quoted text, or how many they are where they are no text. */
export function describeBytes(bytes: Uint8Array, truncated = false): string {
  const shown = bytes.subarray(0, mostShownBytes);
  const cut = truncated || shown.length < bytes.length;
  const text = textOf(shown, cut);
  return text === undefined ? countOf(bytes.length) : `${JSON.stringify(text)}${cut ? '…' : ''}`;
}

/** The same bytes line by line: offset, hexadecimal and characters. */
export function hexNodes(bytes: Uint8Array): readonly VariableNode[] {
  return hexDump(bytes, mostShownBytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.slice(0, 8), value: line.slice(10) }));
}

/** Whether all of it can be shown, and therefore edited, as text. */
export function isShortText(bytes: Uint8Array): boolean {
  return bytes.length <= mostShownBytes && textOf(bytes, false) !== undefined;
}

export function countOf(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
