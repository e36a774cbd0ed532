import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A test that has failed, or a check, or what a part needed and could not have. */
export interface TestFailure {
  /** With the suites around it. */
  readonly name: string;
  /** Of several lines, bounded. */
  readonly error: string;
}

/** What a suite in a process of its own tells at its end, as JSON in a file. */
export interface TestCounts {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  /** By name, with a reason if there is one. */
  readonly skipped: readonly string[];
}

/** Of individual tests; a check counts as one. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
}

/**
 * @param runSuite writes counts to the file that it is given. @returns whether it ended well
 * @param isCi there nothing may be left out, so a skipped test is a failed one. Elsewhere it is neither: a
 *   contributor's machine may lack what the test needs.
 */
export async function countSuite(runSuite: (countsFile: string) => Promise<boolean>, isCi: boolean): Promise<Outcome> {
  const temporary = mkdtempSync(path.join(tmpdir(), 'hf-test-'));
  try {
    const countsFile = path.join(temporary, 'counts.json');
    const endedWell = await runSuite(countsFile);
    const { passed, failures, skipped } = readCounts(countsFile);
    if (skipped.length > 0) {
      console.log([`Skipped${isCi ? ', which counts as failed in CI' : ''}:`, ...skipped].join('\n  '));
    }
    const all = isCi ? [...failures, ...skipped.map((name) => ({ name, error: 'Skipped' }))] : failures;
    // A file that cannot be loaded, or a process that dies, fails the run without failing a test.
    return {
      passed,
      failures: all.length === 0 && !endedWell ? [{ name: 'The suite', error: 'Did not end well' }] : all,
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function readCounts(file: string): TestCounts {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: [{ name: 'The suite', error: 'Has told no counts' }], skipped: [] };
  }
}
