import { bodiesDocker } from './rows/bodies-docker.ts';
import { coldDocker } from './rows/cold-docker.ts';
import { diagnostics } from './rows/diagnostics.ts';
import { firstHotDocker } from './rows/first-hot-docker.ts';
import { gateway } from './rows/gateway.ts';
import { hotDocker } from './rows/hot-docker.ts';
import { hotProcess } from './rows/hot-process.ts';
import { inVsCode } from './rows/in-vscode.ts';
import { keepWarmDocker } from './rows/keep-warm-docker.ts';
import { manyRoutes } from './rows/many-routes.ts';
import { sizes } from './rows/sizes.ts';
import { store } from './rows/store.ts';
import type { Subject } from './subject.ts';

/** In the order of the table. */
export const subjects: readonly Subject[] = [
  hotDocker,
  hotProcess,
  coldDocker,
  keepWarmDocker,
  firstHotDocker,
  bodiesDocker,
  store,
  gateway,
  manyRoutes,
  inVsCode,
  sizes,
  diagnostics,
];
