import type { Clock } from '../clock.ts';
import type { Route } from '../route.ts';
import type { ContainerEvents } from './container-events.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** What everything that starts containers has in common. */
export interface PoolingOptions extends ContainerEvents {
  readonly clock: Clock;
  readonly memory: MemoryBudget;
  /** Unique names of containers that are about to be started. */
  readonly nextName: (route: Route) => string;
}
