import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { extensionHostOptions } from '../../scripts/build/bundle.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the suite for the extension host, which runs no TypeScript. @returns the path of its entry */
export async function bundleSuite(): Promise<string> {
  const outdir = path.join(repository, '.vscode-test/host-suite');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...extensionHostOptions,
    entryPoints: ['test/host/suite.ts', ...globSync('test/host/**/*.test.ts', { cwd: repository })],
    outdir,
    // Mocha finds parts of itself by their place.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  });
  return path.join(outdir, 'suite.js');
}
