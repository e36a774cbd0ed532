import { setTimeout as delay } from 'node:timers/promises';

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
