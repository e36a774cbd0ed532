import type { CallState } from '../../core/calls/call-record.ts';
import type { CallFilter } from '../../core/calls/call-store.ts';
import type { RouteId } from '../../core/route.ts';

/** What of the history a person wants to see. */
export interface HistoryFilter {
  readonly routeId?: RouteId;
  /** Absent: all. */
  readonly states?: readonly CallState[];
}

export const everything: HistoryFilter = {};

export function isFiltering({ routeId, states }: HistoryFilter): boolean {
  return routeId !== undefined || states !== undefined;
}

export function describeFilter({ routeId, states }: HistoryFilter): string {
  const route = routeId === undefined ? [] : [routeId.slice(Math.max(0, routeId.indexOf('/')))];
  return [...route, ...(states === undefined ? [] : [states.join(', ')])].join(' · ');
}

export function callFilterOf({ routeId, states }: HistoryFilter): CallFilter {
  return { ...(routeId === undefined ? {} : { routeId }), ...(states === undefined ? {} : { states }) };
}
