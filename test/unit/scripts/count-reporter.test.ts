import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, describe, it } from 'node:test';
import type { TestCounts } from '../../../scripts/test/counts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hf-reporter-'));
after(() => rmSync(folder, { recursive: true }));

/** What is told of a test file with this content, each error by its first line. */
function countsOf(content: string): TestCounts {
  const file = path.join(folder, 'some.test.mjs');
  writeFileSync(file, `import { before, describe, it } from 'node:test';\n${content}`);
  const countsFile = path.join(folder, 'counts.json');
  const reporter = new URL('../../../scripts/test/count-reporter.ts', import.meta.url).href;
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  spawnSync(
    process.execPath,
    ['--test', `--test-reporter=${reporter}`, `--test-reporter-destination=${countsFile}`, file],
    { env },
  );
  const { passed, failures, skipped }: TestCounts = JSON.parse(readFileSync(countsFile, 'utf8'));
  return {
    passed,
    failures: failures.map(({ name, error }) => ({ name, error: error.split('\n')[0] ?? '' })),
    skipped,
  };
}

describe('what a suite tells at its end', () => {
  it('names a failed test with the suites around it', () => {
    const content = `
      describe('a route', () => {
        it('is called', () => {});
        describe('of a hot function', () => {
          it('is called again', () => { throw new Error('It was not'); });
        });
      });
      it('stands alone', () => { throw new Error('It fell'); });`;
    assert.deepEqual(countsOf(content), {
      passed: 1,
      failures: [
        { name: 'a route › of a hot function › is called again', error: 'Error: It was not' },
        { name: 'stands alone', error: 'Error: It fell' },
      ],
      skipped: [],
    });
  });

  it('names a suite whose hook has failed, and the tests that it kept from running', () => {
    const content = `
      describe('a route', () => {
        before(() => { throw new Error('No engine'); });
        it('is called', () => {});
      });`;
    const { failures } = countsOf(content);
    assert.equal(failures.at(-1)?.name, 'a route');
    assert.equal(failures.at(-1)?.error, 'Error: No engine');
  });

  it('names what was skipped with its reason', () => {
    const content = "it('is called', { skip: 'needs an engine' }, () => {});";
    assert.deepEqual(countsOf(content), { passed: 0, failures: [], skipped: ['is called (needs an engine)'] });
  });
});
