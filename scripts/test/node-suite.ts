import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from '../clean-up.ts';
import { runBounded } from './bounded-process.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const countReporter = new URL('count-reporter.ts', import.meta.url).href;

export interface NodeSuite {
  /** The Node that runs it. */
  readonly node: string;
  /** Of the test files, relative to the repository. */
  readonly pattern: string;
  readonly boundMs: number;
  /** Whether its files take turns, because they use the same things of the machine. */
  readonly oneByOne: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Runs test files with `node --test`. @returns whether all is well */
export async function runNodeSuite(suite: NodeSuite, countsFile: string, cleanUp: CleanUp): Promise<boolean> {
  const files = globSync(suite.pattern, { cwd: repository });
  if (files.length === 0) {
    console.error(`No file matches ${suite.pattern}`);
    return false;
  }
  const reporters = [
    ['spec', 'stdout'],
    [countReporter, countsFile],
  ].flatMap(([reporter, destination]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${destination}`]);
  const concurrency = suite.oneByOne ? ['--test-concurrency=1'] : [];
  return await runBounded(
    {
      command: [suite.node, '--test', ...concurrency, ...reporters, ...files],
      // Node 22 warns that it strips types.
      env: { ...suite.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
      boundMs: suite.boundMs,
      logFile: suite.logFile,
    },
    cleanUp,
  );
}
