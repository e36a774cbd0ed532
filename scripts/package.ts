/** Makes the .vsix at the top of the repository: `npm run package`. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { inKiB } from './build/budget.ts';
import { bundleExtension } from './build/bundle.ts';

const MAXIMUM_BYTES = 1024 * 1024;
const repository = fileURLToPath(new URL('..', import.meta.url));

/** @returns the path of the .vsix */
export async function packageExtension(): Promise<string> {
  await bundleExtension({ production: true });
  const { name, version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const packagePath = path.join(repository, `${name}-${version}.vsix`);
  // What runs is bundled: the package needs no node_modules.
  await createVSIX({ cwd: repository, packagePath, dependencies: false });
  const { size } = statSync(packagePath);
  if (size > MAXIMUM_BYTES) {
    throw new Error(`${packagePath} has ${inKiB(size)} KiB, more than ${inKiB(MAXIMUM_BYTES)}`);
  }
  return packagePath;
}

if (import.meta.main) {
  const packagePath = await packageExtension();
  console.log(`${path.basename(packagePath)}: ${inKiB(statSync(packagePath).size)} KiB`);
}
