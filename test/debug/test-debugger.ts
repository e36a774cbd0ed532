/** Where a function stands still, as its debugger shows it. */
export interface Stop {
  readonly file: string;
  readonly line: number;
  /** Of the innermost function, as the debugger prints them. */
  readonly locals: Readonly<Record<string, string>>;
  resume(): Promise<unknown>;
  /** Over the line it stands on. */
  step(): Promise<unknown>;
  /** Has the debugger evaluate something, as its console does. */
  evaluate(expression: string): Promise<string>;
}

export interface Breakpoint {
  readonly file: string;
  readonly line: number;
  /** Prints this expression instead of stopping. */
  readonly log?: string;
}

/** A debugger's client, with its breakpoints set and the function running on. */
export interface TestDebugger {
  /** What it was told to show: logpoints. */
  readonly output: readonly string[];
  end(): Promise<void>;
}

/** Stops in the order in which they come, for who waits for them. */
export class Stops {
  readonly #stops: Stop[] = [];
  readonly #waiting: ((stop: Stop) => void)[] = [];

  readonly add = (stop: Stop): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#stops.push(stop);
    } else {
      waiting(stop);
    }
  };

  next(): Promise<Stop> {
    const stop = this.#stops.shift();
    return stop === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(stop);
  }
}
