import process from 'node:process';

/** What has to be undone when a task ends, however it ends: in reverse order, each once, on signals too. */
export class CleanUp {
  readonly #steps: Array<() => Promise<void> | void> = [];
  #running: Promise<void> | undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // A terminal's Ctrl-C also reaches us a second time through npm and run.mjs: run() is safe to repeat.
      process.on(signal, () => {
        void this.run().then(() => process.exit(130));
      });
    }
  }

  /** Added while or after cleaning up, a step runs at once. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
    if (this.#running !== undefined) {
      this.#running = this.#running.then(() => this.#runSteps());
    }
  }

  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
  }
}
