import { type Route, routeDefaults, routeIdOf } from '../../src/core/route.ts';

/** A route with every default, and what a test says of it. */
export function routeWith(fields: Partial<Route> = {}): Route {
  const app = fields.app ?? 'myapp';
  const path = fields.path ?? '/hot';
  return {
    ...routeDefaults,
    id: routeIdOf(app, path),
    app,
    path,
    image: 'iron/hello',
    config: {},
    headers: [],
    ...fields,
  };
}
