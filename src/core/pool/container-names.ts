import type { Route } from '../route.ts';

/** Names that are readable in the engine's own listings: the route's last segment and a number. */
export function containerNames(prefix: string): (route: Route) => string {
  let number = 0;
  return ({ id }) => {
    number += 1;
    const readable = id.replace(/[^a-zA-Z0-9]+/g, '-').slice(-40);
    return `${prefix}-${readable}-${number}`.replace(/-{2,}/g, '-');
  };
}
