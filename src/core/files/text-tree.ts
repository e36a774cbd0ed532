import type { TextRange } from './parsed-file.ts';

/** What YAML and JSON have in common, with the place of everything. */
export type TextNode = TextScalar | TextList | TextMap;

interface TextScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A string's content; anything else as it is written, so that a version `1.10` does not become `1.1`. */
  readonly text: string;
  readonly range: TextRange;
}

interface TextList {
  readonly kind: 'list';
  readonly items: readonly TextNode[];
  readonly range: TextRange;
}

export interface TextMap {
  readonly kind: 'map';
  /** In the order of the text. A `Map`, since keys such as `__proto__` are the user's own. */
  readonly entries: ReadonlyMap<string, TextEntry>;
  readonly range: TextRange;
}

export interface TextEntry {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: TextNode;
  /** From the key to the end of the value. */
  readonly range: TextRange;
}

/** Deeper than any file of ours; a bound for every recursion over a tree. */
export const mostNesting = 100;

export function rangeBetween(first: TextRange, last: TextRange): TextRange {
  return {
    offset: first.offset,
    length: Math.max(last.offset + last.length, first.offset + first.length) - first.offset,
  };
}

/** Where to mark a wrong value: an empty one has no place of its own, so its key is marked. */
export function valueRange(entry: TextEntry): TextRange {
  return entry.value.range.length > 0 ? entry.value.range : entry.keyRange;
}

export function firstLine(text: string): TextRange {
  return { offset: 0, length: text.search(/[\r\n]|$/) };
}
