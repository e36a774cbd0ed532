import type { Problem } from '../../../src/core/files/parsed-file.ts';

/** Problems with the text they mark instead of its place: what the user sees underlined, and why. */
export function markedProblems(text: string, problems: readonly Problem[]): readonly (readonly string[])[] {
  return problems.map(({ severity, message, range }) => [
    severity,
    text.slice(range.offset, range.offset + range.length),
    message,
  ]);
}
