/** Whether what goes by this name is a credential. */
export type IsSecret = (name: string) => boolean;

/** Parts of names, in HTTP, on the wire, in config and in an environment. */
const usual =
  /authorization|cookie|secret|token|passw(?:or)?d|passphrase|api[-_ ]?key|access[-_ ]?key|credential|private[-_ ]?key/i;

export const isUsualSecret: IsSecret = (name) => usual.test(name);

/** The usual ones and these, each in all of its spellings: `X-Pin` is also `Header_x_pin`, `x-pin` and `X_PIN`. */
export function secretNames(more: readonly string[]): IsSecret {
  const names = new Set(more.map(plainName).filter((name) => name !== ''));
  return names.size === 0 ? isUsualSecret : (name) => isUsualSecret(name) || names.has(plainName(name));
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^header_/, '');
}
