import { randomInt } from 'node:crypto';
import process from 'node:process';
import type { TestContext } from 'node:test';

const variable = 'HOT_FUNCTIONS_SEED';

/** For inputs at random: the seed that the variable names, else a new one. The test tells it, however it ends. */
export function seedOf(test: TestContext): number {
  const seed = Number(process.env[variable] ?? randomInt(2 ** 31));
  test.diagnostic(`The same again: ${variable}=${seed}`);
  return seed;
}
