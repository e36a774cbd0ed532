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

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Safe to repeat: whoever calls it waits for the one run. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  readonly #onSignal = (): void => {
    // A terminal's Ctrl-C reaches a process more than once: from the terminal, through npm, and through run.mjs.
    void this.run().then(() => process.exit(130));
  };

  async #runSteps(): Promise<void> {
    // A step that was added while another ran is found here too.
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
