import { existsSync, readFileSync } from 'node:fs';
import type { TestCounts, TestFailure } from '../../scripts/test/counts.ts';
import type { Progress } from './progress.ts';

/** Prints what the suite tells, as it comes, and counts it. */
export class ProgressFollower {
  /** Whether the suite came to its end. */
  hasEnded = false;
  readonly #file: string;
  readonly #skipped: string[] = [];
  #passed = 0;
  readonly #failures: TestFailure[] = [];
  /** The suites around the present test. */
  readonly #suites: string[] = [];
  #linesRead = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get counts(): TestCounts {
    return { passed: this.#passed, failures: this.#failures, skipped: this.#skipped };
  }

  /** Reads on from where it was. */
  read(): void {
    if (!existsSync(this.#file)) {
      return;
    }
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.#linesRead)) {
      this.#take(JSON.parse(line));
    }
    this.#linesRead = lines.length;
  }

  #take(progress: Progress): void {
    switch (progress.kind) {
      case 'suite':
        this.#suites.splice(progress.depth - 1, Number.POSITIVE_INFINITY, progress.title);
        console.log(`${indent(progress.depth - 1)}${progress.title}`);
        break;
      case 'passed':
        this.#passed++;
        console.log(`${indent(progress.depth)}✔ ${progress.title} (${progress.durationMs} ms)`);
        break;
      case 'failed':
        this.#failures.push({
          name: [...this.#suites.slice(0, progress.depth), progress.title].join(' › '),
          error: progress.error,
        });
        console.log(`${indent(progress.depth)}✖ ${progress.title}`);
        console.log(progress.error.replaceAll(/^/gm, indent(progress.depth + 1)));
        break;
      case 'skipped':
        this.#skipped.push(progress.title);
        break;
      case 'end':
        this.hasEnded = true;
        break;
      default:
        progress satisfies never;
    }
  }
}

function indent(depth: number): string {
  return '  '.repeat(Math.max(0, depth));
}
