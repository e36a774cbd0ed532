import type { ContainerSpec } from '../engine.ts';
import type { Route } from '../route.ts';
import { type CallFacts, callVariables, containerEnvironment } from '../wire/call-variables.ts';

/** What the container of a cold call is started with. Nothing of it tells two calls apart that were asked the same. */
export function coldSpecOf(route: Route, facts: CallFacts): Omit<ContainerSpec, 'name'> {
  const { id: routeId, format, memoryMiB } = route;
  const env = Object.fromEntries([...containerEnvironment(route), ...callVariables(route, facts)]);
  return { routeId, format, memoryMiB, env };
}
