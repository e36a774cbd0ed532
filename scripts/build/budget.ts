import type { Metafile } from 'esbuild';

const KIB = 1024;
/** Bytes of minified JavaScript. What a window loads on activation makes it start later; the rest is download. */
const BUDGET = { activation: 110 * KIB, total: 800 * KIB };
const LAZY_PACKAGES = ['dockerode'];

export interface BundleSize {
  /** The entry and every chunk that it loads statically. */
  readonly activation: number;
  readonly total: number;
}

export function bundleSize(metafile: Metafile): BundleSize {
  return {
    activation: sum(activationOutputs(metafile).map((output) => output.bytes)),
    total: sum(javaScript(metafile).map(([, output]) => output.bytes)),
  };
}

/** @throws an error that says by how much and by what the bundle is too large */
export function checkBudget(metafile: Metafile): BundleSize {
  const size = bundleSize(metafile);
  const atActivation = activationOutputs(metafile).flatMap((output) => Object.entries(output.inputs));
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

function activationOutputs(metafile: Metafile): Metafile['outputs'][string][] {
  const entry = javaScript(metafile).find(([, output]) => output.entryPoint?.endsWith('extension.ts'));
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) {
      return;
    }
    reached.add(file);
    for (const imported of metafile.outputs[file]?.imports ?? []) {
      if (imported.kind === 'import-statement' && imported.external !== true) {
        visit(imported.path);
      }
    }
  };
  if (entry !== undefined) {
    visit(entry[0]);
  }
  return [...reached].flatMap((file) => metafile.outputs[file] ?? []);
}

function javaScript(metafile: Metafile) {
  return Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'));
}

function largest(inputs: [string, { bytesInOutput: number }][]): string {
  return inputs
    .toSorted(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 5)
    .map(([file, { bytesInOutput }]) => `${file} ${inKiB(bytesInOutput)}`)
    .join(', ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
