import { printParseErrorCode, visit } from 'jsonc-parser';
import type { TextRange } from './parsed-file.ts';
import type { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { mostNesting, rangeBetween, type TextEntry, type TextNode } from './text-tree.ts';

type OpenNode =
  | { kind: 'list'; offset: number; items: TextNode[] }
  | { kind: 'map'; offset: number; entries: Map<string, TextEntry>; key?: { name: string; range: TextRange } };

class StopReading extends Error {}

/** Strict JSON, as the tools that share these files read it. What cannot be read is a problem, never a throw. */
export function readJson(text: string, problems: ProblemList): TextNode | undefined {
  // A byte order mark is no JSON; blanking it keeps every offset.
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const open: OpenNode[] = [];
  let root: TextNode | undefined;
  let isBroken = false;

  const begin = (node: OpenNode) => {
    if (open.length >= mostNesting) {
      problems.error({ offset: node.offset, length: 1 }, 'This is nested too deeply.');
      throw new StopReading();
    }
    open.push(node);
  };
  const add = (node: TextNode) => {
    const parent = open.at(-1);
    if (parent === undefined) {
      root ??= node;
    } else if (parent.kind === 'list') {
      parent.items.push(node);
    } else if (parent.key !== undefined) {
      const { name, range } = parent.key;
      parent.entries.set(name, { key: name, keyRange: range, value: node, range: rangeBetween(range, node.range) });
      delete parent.key;
    }
  };
  const end = (offset: number, length: number) => {
    const node = open.pop();
    if (node !== undefined) {
      const range = { offset: node.offset, length: offset + length - node.offset };
      add(
        node.kind === 'list'
          ? { kind: 'list', items: node.items, range }
          : { kind: 'map', entries: node.entries, range },
      );
    }
  };

  try {
    visit(
      source,
      {
        onObjectBegin: (offset) => begin({ kind: 'map', offset, entries: new Map() }),
        onArrayBegin: (offset) => begin({ kind: 'list', offset, items: [] }),
        onObjectEnd: end,
        onArrayEnd: end,
        onObjectProperty: (name, offset, length) => {
          const parent = open.at(-1);
          if (parent?.kind === 'map') {
            if (parent.entries.has(name)) {
              problems.error({ offset, length }, `${quoted(name)} is given twice.`);
            }
            parent.key = { name, range: { offset, length } };
          }
        },
        onLiteralValue: (value: string | number | boolean | null, offset, length) => {
          const written = typeof value === 'string' ? value : source.slice(offset, offset + length);
          add({ kind: 'scalar', value, text: written, range: { offset, length } });
        },
        onError: (code, offset, length) => {
          // The first one says what is wrong, most others only follow from it.
          if (!isBroken) {
            isBroken = true;
            problems.error({ offset, length }, explain(printParseErrorCode(code), source[offset]));
          }
        },
      },
      { disallowComments: true },
    );
  } catch (error) {
    if (!(error instanceof StopReading)) {
      throw error;
    }
  }
  return root;
}

function explain(code: ReturnType<typeof printParseErrorCode>, found: string | undefined): string {
  switch (code) {
    case 'InvalidSymbol':
      return 'This is no JSON value: text needs double quotes.';
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return 'This number is incomplete.';
    case 'PropertyNameExpected':
      return found === '}' ? 'JSON allows no comma before this.' : 'A field name in double quotes is expected here.';
    case 'ValueExpected':
      return found === '}' || found === ']' ? 'A value is missing before this.' : 'A value is expected here.';
    case 'ColonExpected':
      return 'A colon is missing before this.';
    case 'CommaExpected':
      return 'A comma is missing before this.';
    case 'CloseBraceExpected':
      return 'A closing } is missing.';
    case 'CloseBracketExpected':
      return 'A closing ] is missing.';
    case 'EndOfFileExpected':
      return 'The file should end before this.';
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return 'JSON has no comments.';
    case 'UnexpectedEndOfString':
      return 'The closing double quote is missing.';
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
      return 'A backslash in this text is followed by something JSON does not know.';
    case 'InvalidCharacter':
      return 'A control character in this text must be written with a backslash, such as \\n.';
    case '<unknown ParseErrorCode>':
      return 'This is not valid JSON.';
    default:
      return code satisfies never;
  }
}
