/** A reporter of `node --test` for programs: {@link TestCounts} as JSON, at the end. */
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { TestCounts, TestFailure } from './counts.ts';

/** As much of an error as says what it is about; all of it is in the log. */
const ERROR_CHARACTERS = 4000;

// Node takes a reporter's default export.
// biome-ignore lint/style/noDefaultExport: see above
export default async function* countReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  const failures: TestFailure[] = [];
  const skipped: string[] = [];
  /** The suites around the present test, and itself. Node tells them in order, also where files run side by side. */
  const names: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:start') {
      names.splice(event.data.nesting, Number.POSITIVE_INFINITY, event.data.name);
      continue;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') {
      continue;
    }
    const { name, nesting, details, skip, todo } = event.data;
    const isSuite = details.type === 'suite';
    const isSkipped = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
    if (isSkipped) {
      // Of a skipped suite, the suite itself is told and none of its tests.
      skipped.push(typeof skip === 'string' ? `${name} (${skip})` : name);
    } else if (event.type === 'test:fail') {
      const { error } = event.data.details;
      // A suite fails with its tests, which are told by themselves, or by itself with its hooks.
      if (!isSuite || failureType(error) === 'hookFailed') {
        failures.push({ name: [...names.slice(0, nesting), name].join(' › '), error: describe(error.cause ?? error) });
      }
    } else if (!isSuite) {
      passed++;
    }
  }
  yield JSON.stringify({ passed, failures, skipped } satisfies TestCounts);
}

function failureType(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined;
}

function describe(cause: unknown): string {
  return inspect(cause, { maxStringLength: ERROR_CHARACTERS }).slice(0, ERROR_CHARACTERS);
}
