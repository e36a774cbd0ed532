import process from 'node:process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const ORPHAN_CHECK_MS = 1_000;

/**
 * What has to be undone when a task ends, however it ends: in reverse order, each once; also on signals, and when the
 * process that has started this one is gone without a word.
 */
export class CleanUp {
  readonly #steps: Array<() => Promise<void> | void> = [];
  readonly #orphanCheck: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor() {
    for (const signal of SIGNALS) {
      process.on(signal, this.#end);
    }
    process.on('exit', this.#beginAll);
    const parent = process.ppid;
    this.#orphanCheck = setInterval(() => {
      if (process.ppid !== parent) {
        this.#end();
      }
    }, ORPHAN_CHECK_MS).unref();
  }

  /** Whether the task is ending: nothing more should be begun. */
  get hasBegun(): boolean {
    return this.#running !== undefined;
  }

  /** What is added when the task is ending already is undone at once. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
    this.#running &&= this.#running.then(() => this.#runSteps());
  }

  /** Safe to repeat: whoever calls it waits for the one run. */
  async run(): Promise<void> {
    this.#running ??= this.#runSteps();
    let awaited: Promise<void> | undefined;
    while (awaited !== this.#running) {
      awaited = this.#running;
      await awaited;
    }
  }

  readonly #end = (): void => {
    // A terminal's Ctrl-C reaches a process more than once: from the terminal, through npm, and through run.mjs.
    for (const stream of [process.stdout, process.stderr]) {
      // Whoever read them may be gone already; without a listener that would end this process half-way.
      stream.on('error', () => {});
    }
    void this.run().then(() => process.exit(130));
  };

  /**
   * Node's test runner, for one, exits on a signal without waiting for others: then what is left, or was added since, is
   * at least begun.
   */
  readonly #beginAll = (): void => {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      void step();
    }
  };

  async #runSteps(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
    for (const signal of SIGNALS) {
      process.off(signal, this.#end);
    }
    clearInterval(this.#orphanCheck);
  }
}
