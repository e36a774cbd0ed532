import process from 'node:process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What has to be undone when a task ends, however it ends: in reverse order, each once, on signals too. */
export class CleanUp {
  readonly #steps: Array<() => Promise<void> | void> = [];
  #running: Promise<void> | undefined;

  constructor() {
    for (const signal of SIGNALS) {
      process.on(signal, this.#onSignal);
    }
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

  readonly #onSignal = (): void => {
    // A terminal's Ctrl-C reaches a process more than once: from the terminal, through npm, and through run.mjs.
    void this.run().then(() => process.exit(130));
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
      process.off(signal, this.#onSignal);
    }
  }
}
