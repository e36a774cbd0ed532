import { configKeptOffTheWire } from '../wire/call-variables.ts';
import { environmentName } from '../wire/names.ts';
import type { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { type TextEntry, valueRange } from './text-tree.ts';

export type Config = Readonly<Record<string, string>>;

/** A map of text, or nothing. Numbers and booleans are taken as they are written. */
export function readConfig(entry: TextEntry | undefined, problems: ProblemList): Config {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) {
    return {};
  }
  if (entry.value.kind !== 'map') {
    problems.error(valueRange(entry), `${quoted(entry.key)} must be a map of names and values.`);
    return {};
  }
  const config: (readonly [key: string, value: string])[] = [];
  const keyOfVariable = new Map<string, string>();
  for (const one of entry.value.entries.values()) {
    const variable = environmentName(one.key);
    const earlier = keyOfVariable.get(variable);
    if (/^$|[=\0]/.test(variable)) {
      problems.error(one.keyRange, 'A config name cannot be empty and has no "=": it becomes an environment variable.');
    } else if (one.value.kind !== 'scalar') {
      problems.error(valueRange(one), `The value of ${quoted(one.key)} must be text.`);
    } else if (one.value.text.includes('\0')) {
      problems.error(valueRange(one), `The value of ${quoted(one.key)} cannot contain a NUL character.`);
    } else {
      if (earlier !== undefined) {
        problems.warning(one.keyRange, `This replaces ${quoted(earlier)}: both become ${variable}.`);
      }
      keyOfVariable.set(variable, one.key);
      config.push([one.key, one.value.value === null ? '' : one.value.text]);
    }
  }
  // `fromEntries` defines properties, so that a key `__proto__` is one like any other.
  return Object.fromEntries(config);
}

/** The app's config below the route's own. Keys that become the same variable are the same key. */
export function mergeConfig(below: Config, above: Config): Config {
  const taken = new Set(Object.keys(above).map(environmentName));
  const kept = Object.entries(below).filter(([key]) => !taken.has(environmentName(key)));
  return Object.fromEntries([...kept, ...Object.entries(above)]);
}

/** A hot function sees its config in each request; some names cannot be there. */
export function warnOfConfigKeptOffTheWire(entry: TextEntry | undefined, config: Config, problems: ProblemList): void {
  if (entry?.value.kind !== 'map') {
    return;
  }
  for (const { key, why } of configKeptOffTheWire(config)) {
    const range = entry.value.entries.get(key)?.keyRange;
    if (range !== undefined) {
      problems.warning(range, `Only the environment will have this, not the requests: ${why}.`);
    }
  }
}
