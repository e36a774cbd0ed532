import { statSync } from 'node:fs';
import { bundleSize } from '../../scripts/build/budget.ts';
import { bundleExtension } from '../../scripts/build/bundle.ts';
import { packageExtension } from '../../scripts/package.ts';
import { figureOf } from '../figure.ts';
import type { Subject } from '../subject.ts';

const bytesPerKb = 1024;

/** What a window loads on activation, and what a user downloads. */
export const sizes: Subject = {
  name: 'sizes',
  guarded: true,
  measure: async () => {
    const { activation } = bundleSize(await bundleExtension({ production: true }));
    const { size } = statSync(await packageExtension());
    const entry = { id: 'JavaScript loaded on activation', unit: 'KB', value: activation / bytesPerKb } as const;
    const vsix = { id: '.vsix', unit: 'KB', value: size / bytesPerKb } as const;
    return [
      figureOf(entry, { bound: 'at most', mustReach: 100 }),
      figureOf(vsix, { bound: 'at most', mustReach: 1024 }),
    ];
  },
};
