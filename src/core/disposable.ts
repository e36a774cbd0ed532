/** Something that is held until `dispose()` lets it go. Structurally the same as `vscode.Disposable`. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and lets go of them in reverse order; what is added after disposal is disposed at once. */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.push(item);
    }
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    const items = this.#items;
    this.#items = [];
    for (const item of items.reverse()) {
      item.dispose();
    }
  }
}
