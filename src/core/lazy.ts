/** Something that is made when it is first asked for. A failure is tried again with the next question. */
export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  get(): Promise<T> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  /** What was made, if anything was. */
  get made(): Promise<T> | undefined {
    return this.#made;
  }
}
