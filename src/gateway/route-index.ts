import type { Route } from '../core/route.ts';
import type { App } from './gateway-options.ts';

/** Finds routes by the names that are in a URL. */
export class RouteIndex {
  readonly #routes: () => readonly Route[];
  readonly #apps: () => readonly App[];
  #indexed: readonly Route[] = [];
  #byApp: ReadonlyMap<string, ReadonlyMap<string, Route>> = new Map();

  constructor(routes: () => readonly Route[], apps: () => readonly App[] = () => []) {
    this.#routes = routes;
    this.#apps = apps;
  }

  route(app: string, path: string): Route | undefined {
    return this.#current().get(app)?.get(path);
  }

  /** Of one app by the order of its files, or of all. */
  routes(app?: string): readonly Route[] {
    return app === undefined ? this.#routes() : [...(this.#current().get(app)?.values() ?? [])];
  }

  app(name: string): App | undefined {
    return (
      this.#apps().find((app) => app.name === name) ?? (this.#current().has(name) ? { name, config: {} } : undefined)
    );
  }

  apps(): readonly App[] {
    const names = new Set([...this.#apps().map(({ name }) => name), ...this.#current().keys()]);
    return [...names].sort().map((name) => this.app(name) ?? { name, config: {} });
  }

  #current(): ReadonlyMap<string, ReadonlyMap<string, Route>> {
    const routes = this.#routes();
    if (routes !== this.#indexed) {
      const byApp = new Map<string, Map<string, Route>>();
      for (const route of routes) {
        const ofApp = byApp.get(route.app) ?? new Map<string, Route>();
        byApp.set(route.app, ofApp.set(route.path, route));
      }
      this.#indexed = routes;
      this.#byApp = byApp;
    }
    return this.#byApp;
  }
}
