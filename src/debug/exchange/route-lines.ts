import { findNodeAtOffset, type Node, parseTree } from 'jsonc-parser';
import type { TextRange } from '../../core/files/parsed-file.ts';
import type { RouteId } from '../../core/route.ts';

export interface RouteLines {
  readonly routeId: RouteId;
  /** Where a breakpoint of the route stands, counted from 1. */
  readonly line: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * Which lines of a file belong to which of its routes. The only route of a file has all of them; of several each has
 * those of its own object.
 */
export function routeLines(
  text: string,
  definitions: readonly { readonly id: RouteId; readonly range: TextRange }[],
): readonly RouteLines[] {
  const lineOf = lineCounter(text);
  const only = definitions.length === 1;
  const tree = only ? undefined : parseTree(text, [], { allowTrailingComma: true });
  return definitions.map(({ id: routeId, range }) => {
    const line = lineOf(range.offset);
    const object = tree === undefined ? undefined : objectAt(tree, range.offset);
    const firstLine = only ? 1 : object === undefined ? line : lineOf(object.offset);
    const lastLine = only ? lineOf(text.length) : object === undefined ? line : lineOf(object.offset + object.length);
    return { routeId, line, firstLine, lastLine };
  });
}

function objectAt(tree: Node, offset: number): Node | undefined {
  let node = findNodeAtOffset(tree, offset);
  while (node !== undefined && node.type !== 'object') {
    node = node.parent;
  }
  return node;
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => {
    let line = 1;
    for (const match of text.slice(0, offset).matchAll(/\r\n|\r|\n/g)) {
      line += match[0].length > 0 ? 1 : 0;
    }
    return line;
  };
}
