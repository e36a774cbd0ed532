/** Runs the tests beside it inside the extension host: VS Code imports it and calls `run`. */
import { appendFileSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import { PROGRESS_FILE_VARIABLE, type Progress } from './progress.ts';

export async function run(): Promise<void> {
  const grep = process.env['HOT_FUNCTIONS_TEST_GREP'];
  const mocha = new Mocha({
    ui: 'tdd',
    timeout: 30_000,
    reporter: ProgressReporter,
    ...(grep === undefined ? {} : { grep }),
  });
  const directory = fileURLToPath(new URL('.', import.meta.url));
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (file.endsWith('.test.js')) {
      mocha.addFile(`${directory}${file}`);
    }
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}

class ProgressReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    let depth = -1;
    runner.on('suite', (suite) => {
      depth++;
      if (!suite.root) {
        tell({ kind: 'suite', title: suite.title, depth });
      }
    });
    runner.on('suite end', () => depth--);
    runner.on('pass', (test) => {
      tell({ kind: 'passed', title: test.title, depth, durationMs: test.duration ?? 0 });
    });
    runner.on('fail', (test, error) => {
      const { stack, message } = error;
      tell({
        kind: 'failed',
        title: test.title,
        depth,
        error: stack?.includes(message) ? stack : `${message}\n${stack}`,
      });
    });
    runner.on('pending', (test) => tell({ kind: 'skipped', title: test.title, depth }));
    runner.on('end', () => tell({ kind: 'end' }));
  }
}

function tell(progress: Progress): void {
  const file = process.env[PROGRESS_FILE_VARIABLE];
  if (file === undefined) {
    console.log(JSON.stringify(progress));
  } else {
    appendFileSync(file, `${JSON.stringify(progress)}\n`);
  }
}
