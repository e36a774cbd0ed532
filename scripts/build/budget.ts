import type { OutputChunk } from 'rolldown';

const KIB = 1024;
/** Bytes of minified JavaScript. What a window loads on activation makes it start later; the rest is download. */
const BUDGET = { activation: 100 * KIB, total: 800 * KIB };
const LAZY_PACKAGES = ['dockerode'];

/** A file of a bundle. */
export type Chunk = Pick<OutputChunk, 'name' | 'fileName' | 'isEntry' | 'code' | 'imports'> & {
  readonly modules: Readonly<Record<string, { readonly renderedLength: number }>>;
};

export interface BundleSize {
  /** The entry and every chunk that it loads statically. */
  readonly activation: number;
  readonly total: number;
}

export function bundleSize(chunks: readonly Chunk[]): BundleSize {
  return { activation: bytesOf(activationChunks(chunks)), total: bytesOf(chunks) };
}

/** @throws an error that says by how much and by what the bundle is too large */
export function checkBudget(chunks: readonly Chunk[]): BundleSize {
  const size = bundleSize(chunks);
  const atActivation = activationChunks(chunks).flatMap(({ modules }) => Object.entries(modules));
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

function activationChunks(chunks: readonly Chunk[]): readonly Chunk[] {
  const named = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const reached = new Set<Chunk>();
  const visit = (chunk: Chunk | undefined): void => {
    // What is not ours is Node's or the editor's.
    if (chunk !== undefined && !reached.has(chunk)) {
      reached.add(chunk);
      for (const imported of chunk.imports) {
        visit(named.get(imported));
      }
    }
  };
  visit(chunks.find(({ isEntry, name }) => isEntry && name === 'extension'));
  return [...reached];
}

/** Before minification, which does not tell whose is what. */
function largest(modules: readonly (readonly [string, { readonly renderedLength: number }])[]): string {
  return modules
    .toSorted(([, a], [, b]) => b.renderedLength - a.renderedLength)
    .slice(0, 5)
    .map(([file, { renderedLength }]) => `${file} ${inKiB(renderedLength)}`)
    .join(', ');
}

function bytesOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((total, { code }) => total + Buffer.byteLength(code), 0);
}
