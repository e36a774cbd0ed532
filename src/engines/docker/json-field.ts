/** A value inside of parsed JSON by the names that lead to it; undefined where there is none. */
export function jsonField(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null) {
      return undefined;
    }
    found = Reflect.get(found, name);
  }
  return found;
}
