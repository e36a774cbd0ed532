/** A variable as the editor shows it. */
export interface VariableNode {
  readonly name: string;
  readonly value: string;
  readonly children?: () => readonly VariableNode[];
  /** Takes a new value as it was typed. Throws a HotFunctionsError where it cannot be had. Absent: read-only. */
  readonly set?: (text: string) => void;
}

/** Finds `response.headers.Content-Type` below the named roots, case aside. */
export function findVariable(roots: readonly VariableNode[], expression: string): VariableNode | undefined {
  const wanted = expression.trim().toLowerCase();
  for (const node of roots) {
    const name = node.name.toLowerCase();
    if (name === wanted) {
      return node;
    }
    // A name may have dots in it, so the longest way down is tried, not the first dot.
    if (wanted.startsWith(`${name}.`)) {
      const found = findVariable(node.children?.() ?? [], wanted.slice(name.length + 1));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}
