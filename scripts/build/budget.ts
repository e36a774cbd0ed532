const KIB = 1024;
/** Bytes of minified JavaScript. What a window loads on activation makes it start later; the rest is download. */
const BUDGET = { activation: 60 * KIB, total: 850 * KIB };
const LAZY_PACKAGES = ['dockerode'];

/** A file of a bundle. */
export interface Chunk {
  readonly file: string;
  readonly bytes: number;
  readonly onActivation: boolean;
  /** What it was made of, and how much each is of it before minification, in bytes. */
  readonly sources: ReadonlyMap<string, number>;
}

export interface BundleSize {
  readonly activation: number;
  readonly total: number;
}

export function bundleSize(chunks: readonly Chunk[]): BundleSize {
  return { activation: bytesOf(chunks.filter(({ onActivation }) => onActivation)), total: bytesOf(chunks) };
}

/** @throws an error that says by how much and by what the bundle is too large */
export function checkBudget(chunks: readonly Chunk[]): BundleSize {
  const size = bundleSize(chunks);
  const atActivation = chunks.flatMap(({ onActivation, sources }) => (onActivation ? [...sources] : []));
  const eager = LAZY_PACKAGES.filter((name) => atActivation.some(([file]) => file.includes(`node_modules/${name}/`)));
  if (eager.length > 0) {
    throw new Error(`Loaded on activation, but must be imported only when needed: ${eager.join(', ')}`);
  }
  for (const part of ['activation', 'total'] as const) {
    if (size[part] > BUDGET[part]) {
      throw new Error(
        `Bundle over budget (${part}): ${inKiB(size[part])} of ${inKiB(BUDGET[part])} KiB. Largest on activation: ${largest(atActivation)}`,
      );
    }
  }
  return size;
}

export function inKiB(bytes: number): string {
  return (bytes / KIB).toFixed(1);
}

function largest(sources: readonly (readonly [string, number])[]): string {
  return sources
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([file, bytes]) => `${file} ${inKiB(bytes)}`)
    .join(', ');
}

function bytesOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((total, { bytes }) => total + bytes, 0);
}
