/**
 * Bundles the extension into `dist/`.
 *
 *   npm run build                   for development, with source maps
 *   npm run build -- --watch        again whenever a source changes
 *   npm run build -- --production   minified, checked against the size budget
 */
import process from 'node:process';
import { bundleSize, inKiB } from './build/budget.ts';
import { bundleExtension, watchExtension } from './build/bundle.ts';

if (process.argv.includes('--watch')) {
  await watchExtension();
} else {
  const { activation, total } = bundleSize(
    await bundleExtension({ production: process.argv.includes('--production') }),
  );
  console.log(`dist/: ${inKiB(total)} KiB of JavaScript, ${inKiB(activation)} KiB of it loaded on activation`);
}
