import { timingSafeEqual } from 'node:crypto';

/** What stands behind `Bearer`; without that word all of it, as the daemon takes it too. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization?.replace(/^bearer +/i, '').trim();
}

/** Takes as long for a guess that begins right as for any other. */
export function isSameSecret(given: string | undefined, expected: string): boolean {
  if (given === undefined) {
    return false;
  }
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
