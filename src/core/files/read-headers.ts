import { isFramingName, isToken } from '../wire/names.ts';
import type { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { type TextEntry, type TextNode, valueRange } from './text-tree.ts';

/** All but the tab, which a value may have. */
const controlCharacter = /[^\P{Cc}\t]/u;

type Headers = readonly (readonly [name: string, value: string])[];

/** A map from names to a value or a list of values. What cannot be a response header is left out with a warning. */
export function readHeaders(entry: TextEntry | undefined, problems: ProblemList): Headers {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) {
    return [];
  }
  if (entry.value.kind !== 'map') {
    problems.error(valueRange(entry), `${quoted(entry.key)} must be a map of names and values.`);
    return [];
  }
  const headers: (readonly [string, string])[] = [];
  for (const one of entry.value.entries.values()) {
    if (!isToken(one.key)) {
      problems.warning(one.keyRange, `${quoted(one.key)} is no valid header name. It is left out.`);
      continue;
    }
    if (isFramingName(one.key)) {
      problems.warning(one.keyRange, `${quoted(one.key)} is decided by each response itself. It is left out.`);
      continue;
    }
    for (const node of one.value.kind === 'list' ? one.value.items : [one.value]) {
      const value = headerValue(one, node, problems);
      if (value !== undefined) {
        headers.push([one.key, value]);
      }
    }
  }
  return headers;
}

function headerValue(entry: TextEntry, node: TextNode, problems: ProblemList): string | undefined {
  const range = node.range.length > 0 ? node.range : entry.keyRange;
  if (node.kind !== 'scalar') {
    problems.error(range, `The value of ${quoted(entry.key)} must be text or a list of text.`);
    return undefined;
  }
  const text = node.value === null ? '' : node.text;
  if (controlCharacter.test(text.trimEnd())) {
    problems.warning(range, `The value of ${quoted(entry.key)} has control characters. Each becomes a space.`);
  }
  return text.replaceAll(new RegExp(controlCharacter, 'gu'), ' ').trim();
}
