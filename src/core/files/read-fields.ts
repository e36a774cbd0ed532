import { closestName } from './closest-name.ts';
import { parseDuration, secondsToMilliseconds } from './duration.ts';
import type { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { type TextEntry, valueRange } from './text-tree.ts';

/** The daemon keeps its numbers in 32 bits. */
const largest = 2_147_483_647;
/** What a timer can hold: 24 days. */
const longestSeconds = Math.floor(largest / 1000);
const number = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)\s*$/;

/** Undefined where there is none. The message never shows the value, which may be a secret. */
export function readText(entry: TextEntry | undefined, problems: ProblemList): string | undefined {
  if (entry === undefined) {
    return undefined;
  }
  if (entry.value.kind !== 'scalar') {
    problems.error(valueRange(entry), `${quoted(entry.key)} must be text.`);
    return undefined;
  }
  return isEmpty(entry) ? undefined : entry.value.text;
}

/** A whole number from 0, also written as text; 0 and nothing mean the default. */
export function readCount(
  entry: TextEntry | undefined,
  { unit, fallback }: { unit: string; fallback: number },
  problems: ProblemList,
): number {
  if (entry === undefined || isEmpty(entry)) {
    return fallback;
  }
  const count = numberIn(entry);
  const name = quoted(entry.key);
  if (count === undefined || !Number.isInteger(count)) {
    problems.error(valueRange(entry), `${name} must be a whole number${unit}, such as ${fallback}.`);
  } else if (count < 0) {
    problems.error(valueRange(entry), `${name} cannot be negative; 0 means the default, ${fallback}.`);
  } else if (count > largest) {
    problems.error(valueRange(entry), `${name} is too large; the most is ${largest}.`);
  } else if (count > 0) {
    return count;
  }
  return fallback;
}

/** Milliseconds. A number is seconds, also written as text; `units` allows `1m30s` as well. */
export function readDuration(
  entry: TextEntry | undefined,
  { units, fallbackMs }: { units: boolean; fallbackMs: number },
  problems: ProblemList,
): number {
  if (entry === undefined || isEmpty(entry)) {
    return fallbackMs;
  }
  const seconds = numberIn(entry);
  const duration = entry.value.kind === 'scalar' ? parseDuration(entry.value.text.trim()) : undefined;
  const milliseconds = seconds === undefined ? (units ? duration : undefined) : secondsToMilliseconds(seconds);
  const name = quoted(entry.key);
  if (milliseconds === undefined) {
    const right = units
      ? 'must be seconds, such as 30, or a duration, such as "1m30s"'
      : `is in seconds: write a number, such as ${duration === undefined || duration < 0 ? 30 : duration / 1000}`;
    problems.error(valueRange(entry), `${name} ${right}.`);
  } else if (milliseconds < 0) {
    problems.error(valueRange(entry), `${name} cannot be negative.`);
  } else if (milliseconds > longestSeconds * 1000) {
    // The daemon's own tools write a Go duration into func.json: nanoseconds.
    const fromNanoseconds = (seconds ?? 0) / 1e9;
    const advice = Number.isInteger(fromNanoseconds) && fromNanoseconds > 0 ? ` Did you mean ${fromNanoseconds}?` : '';
    problems.error(valueRange(entry), `${name} is in seconds, and the most is ${longestSeconds}.${advice}`);
  } else {
    return milliseconds;
  }
  return fallbackMs;
}

export function readChoice<T extends string>(
  entry: TextEntry | undefined,
  choices: readonly T[],
  fallback: T,
  problems: ProblemList,
): T {
  if (entry === undefined || isEmpty(entry)) {
    return fallback;
  }
  const written = entry.value.kind === 'scalar' ? entry.value.text : undefined;
  const choice = choices.find((one) => one === written);
  if (choice === undefined) {
    const closest = written === undefined ? undefined : closestName(written, choices);
    const advice = closest === undefined ? '' : ` Did you mean ${quoted(closest)}?`;
    const all = choices.map((one) => quoted(one)).join(' or ');
    problems.error(valueRange(entry), `${quoted(entry.key)} must be ${all}.${advice}`);
  }
  return choice ?? fallback;
}

/** `null` and empty say the same as an absent field. */
export function isEmpty({ value }: TextEntry): boolean {
  return value.kind === 'scalar' && (value.value === null || value.text === '');
}

function numberIn({ value }: TextEntry): number | undefined {
  if (value.kind !== 'scalar') {
    return undefined;
  }
  if (typeof value.value === 'number') {
    return value.value;
  }
  return typeof value.value === 'string' && number.test(value.value) ? Number(value.value) : undefined;
}
