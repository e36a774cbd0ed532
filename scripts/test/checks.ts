import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CommandFailed, run } from '../processes.ts';
import type { Outcome } from './counts.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a tool of `node_modules` over the whole repository. */
export async function checkWith(tool: string, ...toolArguments: readonly string[]): Promise<Outcome> {
  return check(tool, () =>
    run(path.join(repository, 'node_modules/.bin', tool), toolArguments, {
      cwd: repository,
      shell: process.platform === 'win32',
    }),
  );
}

/** Counts as one test, which passes unless the check throws. */
export async function check(name: string, body: () => Promise<unknown>): Promise<Outcome> {
  try {
    await body();
    return { passed: 1, failures: [] };
  } catch (error) {
    if (error instanceof CommandFailed) {
      // The tool has said what it found.
      console.error(error.message);
    } else {
      console.error(error);
    }
    return { passed: 0, failures: [{ name, error: error instanceof Error ? error.message : String(error) }] };
  }
}
