/** Adds up what a pull says about each layer. A layer counts twice: once downloaded and once unpacked. */
export class LayerProgress {
  readonly #layers = new Map<string, { total: number; downloaded: number; unpacked: number }>();
  #highest = 0;

  /** Takes one message and gives the part that is done, 0 to 1; undefined as long as no size is known. */
  update(layerId: string, status: string, current: number, total: number): number | undefined {
    const layer = this.#layers.get(layerId) ?? { total: 0, downloaded: 0, unpacked: 0 };
    layer.total = Math.max(layer.total, total);
    switch (status) {
      case 'Downloading':
        layer.downloaded = current;
        break;
      case 'Verifying Checksum':
      case 'Download complete':
        layer.downloaded = layer.total;
        break;
      case 'Extracting':
        layer.downloaded = layer.total;
        layer.unpacked = current;
        break;
      case 'Pull complete':
        layer.downloaded = layer.total;
        layer.unpacked = layer.total;
        break;
      default:
        return this.#highest === 0 ? undefined : this.#highest;
    }
    this.#layers.set(layerId, layer);
    return this.#fraction();
  }

  #fraction(): number | undefined {
    let total = 0;
    let done = 0;
    for (const layer of this.#layers.values()) {
      total += 2 * layer.total;
      done += layer.downloaded + layer.unpacked;
    }
    if (total === 0) {
      return undefined;
    }
    // A layer that becomes known later would take the bar back.
    this.#highest = Math.max(this.#highest, Math.min(1, done / total));
    return this.#highest;
  }
}
