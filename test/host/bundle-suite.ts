import { globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForHost } from '../../scripts/build/bundle.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the suite for the extension host, which runs no TypeScript. @returns the path of its entry */
export async function bundleSuite(): Promise<string> {
  const folder = path.join(repository, '.vscode-test/host-suite');
  rmSync(folder, { recursive: true, force: true });
  const tests = globSync('test/host/**/*.test.ts', { cwd: repository });
  const entries = ['test/host/suite.ts', ...tests].map((file) => [
    file.slice('test/host/'.length, -'.ts'.length),
    file,
  ]);
  // Mocha finds parts of itself by their place.
  await bundleForHost(Object.fromEntries(entries), { folder, external: ['mocha'] });
  return path.join(folder, 'suite.js');
}
