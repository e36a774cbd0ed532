import { bodiesDocker } from './rows/bodies-docker.ts';
import { coldDocker } from './rows/cold-docker.ts';
import { diagnostics } from './rows/diagnostics.ts';
import { firstHotDocker } from './rows/first-hot-docker.ts';
import { hotDocker } from './rows/hot-docker.ts';
import { hotProcess } from './rows/hot-process.ts';
import { inVsCode } from './rows/in-vscode.ts';
import { manyRoutes } from './rows/many-routes.ts';
import { sizes } from './rows/sizes.ts';
import type { Subject } from './subject.ts';

/** In the order of the table. */
export const subjects: readonly Subject[] = [
  hotDocker,
  hotProcess,
  coldDocker,
  firstHotDocker,
  bodiesDocker,
  manyRoutes,
  inVsCode,
  sizes,
  diagnostics,
];
