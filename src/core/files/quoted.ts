const mostCharacters = 40;

/** A piece of the user's text for a message: quoted, on one line, never long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text);
}
