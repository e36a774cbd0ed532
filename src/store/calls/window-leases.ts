import type { WindowLease } from '../window-lease.ts';

/** This window among the live ones; undefined where it has no lease. */
export type Leases = Promise<Pick<WindowLease, 'id' | 'windows'> | undefined>;
