import type { ServerResponse } from 'node:http';
import { type Route, routeDefaults } from '../core/route.ts';
import type { IsSecret } from '../core/wire/secret-names.ts';
import type { App } from './gateway-options.ts';
import { decoded } from './request-target.ts';
import type { RouteIndex } from './route-index.ts';
import { sendError, sendJson } from './send.ts';

export interface DaemonApiOptions {
  readonly index: RouteIndex;
  readonly version: string;
  readonly isSecret: IsSecret;
  readonly stats: () => { readonly Queue: number; readonly Running: number; readonly Complete: number };
}

interface Reply {
  readonly status: number;
  readonly value: unknown;
}

const filesAreTheTruth =
  'Apps and routes are what the files of the workspace say (func.yaml, app.yaml, *.route.json). Change those instead.';

/** Answers what clients of the daemon ask besides calls. */
export function answerDaemonApi(res: ServerResponse, method: string, path: string, options: DaemonApiOptions): void {
  const reply = replyTo(path, options);
  if (reply === undefined) {
    sendJson(res, 404, 'Not Found');
  } else if (method !== 'GET' && method !== 'HEAD') {
    sendError(res, 405, filesAreTheTruth, ['Allow', 'GET, HEAD']);
  } else {
    sendJson(res, reply.status, reply.value);
  }
}

/** @returns undefined where nothing is, whatever the method */
function replyTo(path: string, options: DaemonApiOptions): Reply | undefined {
  const { index, version, stats } = options;
  switch (path) {
    case '/':
      return found({ hello: 'world!' });
    case '/version':
      return found({ version });
    case '/stats':
      return found(stats());
    case '/v1/apps':
    case '/v1/apps/':
      return found({
        message: 'Successfully listed applications',
        apps: index.apps().map((app) => appJson(app, options)),
      });
    case '/v1/routes':
      return routesReply(undefined, options);
    default:
      break;
  }
  const [, encodedApp = '', rest] = /^\/v1\/apps\/([^/]+)\/?(?:(?<=\/)(routes(?:\/.*)?))?$/.exec(path) ?? [];
  const name = decoded(encodedApp);
  if (encodedApp === '' || name === undefined) {
    return undefined;
  }
  const app = index.app(name);
  if (app === undefined) {
    return missing('App not found');
  }
  if (rest === undefined) {
    return found({ message: 'Successfully loaded app', app: appJson(app, options) });
  }
  if (rest === 'routes' || rest === 'routes/') {
    return routesReply(name, options);
  }
  const route = index.route(name, decoded(rest.slice('routes'.length)) ?? '');
  return route === undefined
    ? missing('Route not found')
    : found({ message: 'Successfully loaded route', route: routeJson(route, app, options) });
}

function routesReply(app: string | undefined, options: DaemonApiOptions): Reply {
  const routes = options.index.routes(app).map((route) => routeJson(route, options.index.app(route.app), options));
  // The daemon spells it so, and programs may compare it.
  return found({ message: 'Sucessfully listed routes', routes });
}

function found(value: unknown): Reply {
  return { status: 200, value };
}

function missing(message: string): Reply {
  return { status: 404, value: { error: { message } } };
}

function appJson({ name, config }: App, { isSecret }: DaemonApiOptions): unknown {
  return { name, config: listed(config, isSecret) };
}

function routeJson(route: Route, app: App | undefined, { isSecret }: DaemonApiOptions): unknown {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of route.headers) {
    headers[name] = [...(headers[name] ?? []), value];
  }
  const own = Object.entries(route.config).filter(([key, value]) => app?.config[key] !== value);
  return {
    app_name: route.app,
    path: route.path,
    image: route.image,
    memory: route.memoryMiB,
    headers,
    type: route.type,
    format: route.format,
    max_concurrency: route.maxConcurrency,
    timeout: route.timeoutMs / 1000,
    idle_timeout: idleSeconds(route),
    config: listed(Object.fromEntries(own), isSecret),
    jwt_key: '',
  };
}

/** The daemon lists 0 for cold routes, which have no idle time, unless one was given. */
function idleSeconds({ format, idleTimeoutMs }: Route): number {
  return format === 'default' && idleTimeoutMs === routeDefaults.idleTimeoutMs ? 0 : idleTimeoutMs / 1000;
}

function listed(config: Readonly<Record<string, string>>, isSecret: IsSecret): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, isSecret(key) ? '***' : value]));
}
