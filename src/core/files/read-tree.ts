import type { ProblemList } from './problem-list.ts';
import { readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { firstLine, type TextNode } from './text-tree.ts';

export type Syntax = 'yaml' | 'json';

const mostCharacters = 1024 * 1024;

/** Undefined where the text holds nothing, or nothing that can be read; the problems tell which. */
export function readTree(text: string, syntax: Syntax, problems: ProblemList): TextNode | undefined {
  if (text.length > mostCharacters) {
    problems.error(firstLine(text), 'This file is larger than 1 MiB and is not read.');
    return undefined;
  }
  return syntax === 'json' ? readJson(text, problems) : readYaml(text, problems);
}

/** Nothing but white space. */
export function isBlank(text: string): boolean {
  return text.length < 1000 && /^[\s\uFEFF]*$/.test(text);
}

/** A file that somebody has just created: nothing, only comments, or `{}`. */
export function saysNothing(root: TextNode | undefined): boolean {
  return root === undefined || root.range.length === 0 || (root.kind === 'map' && root.entries.size === 0);
}
