/** A reporter of `node --test` for programs: {@link TestCounts} as JSON, at the end. */
import type { TestEvent } from 'node:test/reporters';
import type { TestCounts } from './counts.ts';

// Node takes a reporter's default export.
// biome-ignore lint/style/noDefaultExport: see above
export default async function* countReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') {
      continue;
    }
    const { name, details, skip, todo } = event.data;
    const isSkipped = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
    if (isSkipped) {
      // Of a skipped suite, the suite itself is told and none of its tests.
      skipped.push(typeof skip === 'string' ? `${name} (${skip})` : name);
    } else if (details.type !== 'suite') {
      if (event.type === 'test:pass') {
        passed++;
      } else {
        failed++;
      }
    }
  }
  yield JSON.stringify({ passed, failed, skipped } satisfies TestCounts);
}
