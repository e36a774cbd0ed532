import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  parseDocument,
  Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { TextRange } from './parsed-file.ts';
import { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { firstLine, mostNesting, rangeBetween, type TextEntry, type TextMap, type TextNode } from './text-tree.ts';

/** The reader takes up to 10 µs a lexeme, so this bounds the time that a hostile file can take to a second. */
const mostLexemes = 100_000;
/** What aliases may add to a file. A few lines of nested ones could otherwise stand for billions of nodes. */
const mostAliasedNodes = 10_000;

/** What cannot be read is a problem, never a throw. */
export function readYaml(text: string, problems: ProblemList): TextNode | undefined {
  if (hasTooManyLexemes(text)) {
    problems.error(firstLine(text), 'This file is too large for a function file.');
    return undefined;
  }
  // Keys are checked here: the reader compares each key of a map with each other.
  const document = parseDocument<ParsedNode>(text, {
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  // The first one says what is wrong, most others only follow from it.
  const broken = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (broken !== undefined) {
    problems.error(onOneLine(text, broken), explain(broken));
  }
  const second = document.errors.find(({ code }) => code === 'MULTIPLE_DOCS');
  if (second !== undefined) {
    problems.warning(onOneLine(text, second), 'Only the first document of this file counts.');
  }
  for (const warning of document.warnings) {
    problems.warning(onOneLine(text, warning), explain(warning));
  }
  if (document.contents === null) {
    return undefined;
  }
  // What can be read of a broken file tells whose it is, not what else is wrong with it.
  return new TreeBuilder(text, broken === undefined ? problems : new ProblemList(text)).build(document.contents);
}

class TreeBuilder {
  readonly #text: string;
  readonly #problems: ProblemList;
  readonly #anchors = new Map<string, ParsedNode>();
  #aliasedNodes = 0;

  constructor(text: string, problems: ProblemList) {
    this.#text = text;
    this.#problems = problems;
  }

  build(root: ParsedNode): TextNode {
    return this.#node(root, 0, undefined);
  }

  /** `alias` is the place that stands for all of this node, when it is reached through one. */
  #node(node: ParsedNode, depth: number, alias: TextRange | undefined): TextNode {
    const range = alias ?? this.#range(node);
    const nothing: TextNode = { kind: 'scalar', value: null, text: '', range };
    if (depth > mostNesting) {
      this.#problems.error(range, 'This is nested too deeply.');
      return nothing;
    }
    if (alias !== undefined && ++this.#aliasedNodes > mostAliasedNodes) {
      if (this.#aliasedNodes === mostAliasedNodes + 1) {
        this.#problems.error(range, 'The aliases of this file stand for too much.');
      }
      return nothing;
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) {
        this.#problems.error(range, `No anchor &${node.source} stands before this alias.`);
        return nothing;
      }
      return this.#node(target, depth + 1, range);
    }
    const built = this.#content(node, range, depth, alias);
    // Only now, so that an alias inside its own anchor finds nothing and cannot go round in circles.
    if (node.anchor !== undefined && alias === undefined) {
      this.#anchors.set(node.anchor, node);
    }
    return built;
  }

  #content(node: ParsedNode, range: TextRange, depth: number, alias: TextRange | undefined): TextNode {
    if (isMap(node)) {
      return this.#map(node, range, depth, alias);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item as ParsedNode, depth + 1, alias));
      return { kind: 'list', items, range };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === 'string') {
      return { kind: 'scalar', value, text: value, range };
    }
    const text = isScalar(node) ? (node.source ?? '') : '';
    return {
      kind: 'scalar',
      value: typeof value === 'number' || typeof value === 'boolean' ? value : null,
      text,
      range,
    };
  }

  #map(node: YAMLMap, range: TextRange, depth: number, alias: TextRange | undefined): TextMap {
    const entries = new Map<string, TextEntry>();
    const merged: TextEntry[] = [];
    for (const { key, value } of (node as YAMLMap<ParsedNode, ParsedNode | null>).items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        continue;
      }
      const name = key.value;
      const keyRange = alias ?? this.#range(key as ParsedNode);
      const nothing: TextNode = {
        kind: 'scalar',
        value: null,
        text: '',
        range: { offset: keyRange.offset + keyRange.length, length: 0 },
      };
      const content = value === null ? nothing : this.#node(value, depth + 1, alias);
      const entry = {
        key: name,
        keyRange,
        value: content,
        range: rangeBetween(keyRange, content.range.length > 0 ? content.range : keyRange),
      };
      if (name === '<<' && key.type === Scalar.PLAIN) {
        merged.push(entry);
      } else {
        if (entries.has(name)) {
          this.#problems.error(keyRange, `${quoted(name)} is given twice.`);
        }
        entries.set(name, entry);
      }
    }
    for (const entry of merged) {
      this.#merge(entry, entries);
    }
    return { kind: 'map', entries, range };
  }

  /** `<<: *base` or `<<: [*one, *two]`: what the map itself or an earlier one says stays. */
  #merge(merge: TextEntry, entries: Map<string, TextEntry>): void {
    for (const source of merge.value.kind === 'list' ? merge.value.items : [merge.value]) {
      if (source.kind !== 'map') {
        this.#problems.error(merge.range, '`<<` takes a map or a list of maps.');
        continue;
      }
      for (const [key, entry] of source.entries) {
        if (!entries.has(key)) {
          entries.set(key, entry);
        }
      }
    }
  }

  #range(node: ParsedNode): TextRange {
    const [start, valueEnd] = node.range;
    let end = valueEnd;
    // A block scalar's value includes the line breaks after it.
    while (end > start && /\s/.test(this.#text[end - 1] ?? '')) {
      end -= 1;
    }
    return { offset: start, length: end - start };
  }
}

function hasTooManyLexemes(text: string): boolean {
  if (text.length <= mostLexemes) {
    return false;
  }
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > mostLexemes) {
      return true;
    }
  }
  return false;
}

function onOneLine(text: string, { pos: [start, end] }: YAMLError): TextRange {
  const line = text.slice(start, end).search(/[\r\n]|$/);
  return { offset: start, length: line };
}

function explain(error: YAMLError): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'Indent with spaces: YAML allows no tab here.';
    case 'RESOURCE_EXHAUSTION':
      return 'This is nested too deeply.';
    case 'NON_STRING_KEY':
      return 'A field name must be text.';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'A field cannot stand here: quote text that contains ": ", or correct the indentation.';
    default: {
      if (error.message.endsWith('quote')) {
        return 'The closing quote is missing.';
      }
      const message = error.message.length > 160 ? `${error.message.slice(0, 160)}…` : error.message;
      return /[.!?…]$/.test(message) ? message : `${message}.`;
    }
  }
}
