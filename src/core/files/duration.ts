const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3, // U+00B5, the micro sign
  μs: 1e3, // U+03BC, the Greek letter
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const whole = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
/** No sensible duration is longer, and the patterns stay fast. */
const longest = 40;

/** Milliseconds, rounded up to whole ones, of text as Go writes it: `30s`, `1m30s`, `500ms`. Anything else: undefined. */
export function parseDuration(text: string): number | undefined {
  if (text.length > longest || !whole.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) {
    total += Math.round(Number(amount) * (nanoseconds[unit ?? ''] ?? 0));
  }
  return wholeMilliseconds(text.startsWith('-') ? -total : total);
}

export function secondsToMilliseconds(seconds: number): number {
  return wholeMilliseconds(Math.round(seconds * 1e9));
}

/** Up, so that a short limit does not become 0, which means something else. */
function wholeMilliseconds(total: number): number {
  const milliseconds = Math.ceil(Math.abs(total) / 1e6);
  return total < 0 ? -milliseconds : milliseconds;
}
