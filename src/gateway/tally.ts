/** In seconds: from an exchange with a warm process to the longest usual timeout. */
export const tallyBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Durations, counted by the first bound that they do not exceed. */
export class Tally {
  /** One more than there are bounds: the last one is for what exceeds all of them. */
  readonly #counts: number[] = Array.from({ length: tallyBounds.length + 1 }, () => 0);
  #sum = 0;

  add(seconds: number): void {
    const bound = tallyBounds.findIndex((most) => seconds <= most);
    const at = bound === -1 ? tallyBounds.length : bound;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** By bound, how many did not exceed it; the last one is how many there are. */
  get upTo(): readonly number[] {
    let total = 0;
    return this.#counts.map((count) => {
      total += count;
      return total;
    });
  }

  get count(): number {
    return this.upTo.at(-1) ?? 0;
  }

  get sum(): number {
    return this.#sum;
  }
}
