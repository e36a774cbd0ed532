import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** For what no event announces. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) {
      throw new Error(`Waited 20 s in vain for ${what}.`);
    }
    await delay(20);
  }
}

/** For what comes to rest by itself: asks until the answer is the one expected. */
export async function untilEqual<T>(ask: () => Promise<T> | T, expected: T): Promise<void> {
  let answer = await ask();
  await until(async () => {
    answer = await ask();
    return isDeepStrictEqual(answer, expected);
  }, 'what was expected').catch(() => assert.deepEqual(answer, expected));
}
