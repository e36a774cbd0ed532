import { type Route, routeDefaults, routeIdOf } from '../route.ts';
import type { AppContext, TextRange } from './parsed-file.ts';
import type { ProblemList } from './problem-list.ts';
import { type Config, mergeConfig, readConfig, warnOfConfigKeptOffTheWire } from './read-config.ts';
import { readChoice, readCount, readDuration, readText } from './read-fields.ts';
import { readHeaders } from './read-headers.ts';
import { type TextEntry, type TextMap, valueRange } from './text-tree.ts';

/** What func.yaml and route JSON spell alike. */
type RouteSettings = Omit<Route, 'id' | 'app' | 'path' | 'image' | 'source'>;

/** `units`: whether `30s` is a duration here, or only the number 30. */
export function readRouteSettings(map: TextMap, { units }: { units: boolean }, problems: ProblemList): RouteSettings {
  const field = (name: string) => map.entries.get(name);
  const format = readChoice(field('format'), ['default', 'http'], routeDefaults.format, problems);
  const config = readConfig(field('config'), problems);
  if (format === 'http') {
    warnOfConfigKeptOffTheWire(field('config'), config, problems);
  }
  const timeoutMs = readDuration(field('timeout'), { units, fallbackMs: routeDefaults.timeoutMs }, problems);
  const jwtKey = readText(field('jwt_key'), problems);
  return {
    memoryMiB: readCount(field('memory'), { unit: ' of MiB', fallback: routeDefaults.memoryMiB }, problems),
    type: readChoice(field('type'), ['sync', 'async'], routeDefaults.type, problems),
    format,
    maxConcurrency: readCount(field('max_concurrency'), { unit: '', fallback: routeDefaults.maxConcurrency }, problems),
    timeoutMs: timeoutMs === 0 ? routeDefaults.timeoutMs : timeoutMs,
    // Unlike the timeout's, its 0 has a meaning: the container ends right after its call.
    idleTimeoutMs: readDuration(field('idle_timeout'), { units, fallbackMs: routeDefaults.idleTimeoutMs }, problems),
    config,
    headers: readHeaders(field('headers'), problems),
    ...(jwtKey === undefined ? {} : { jwtKey }),
  };
}

/** Undefined, and a problem, unless it is a path that a URL can have. */
export function readPath(entry: TextEntry | undefined, problems: ProblemList): string | undefined {
  const path = readText(entry, problems);
  if (entry === undefined || path === undefined) {
    return undefined;
  }
  const wrong = whatIsWrongWithPath(path);
  if (wrong !== undefined) {
    problems.error(valueRange(entry), `"path" ${wrong}.`);
    return undefined;
  }
  return path;
}

export function whatIsWrongWithPath(path: string): string | undefined {
  if (!path.startsWith('/')) {
    return 'must start with "/", such as "/hello"';
  }
  const forbidden = /[:?#\p{Cc}]/u.exec(path)?.[0];
  if (forbidden === undefined) {
    return undefined;
  }
  return `cannot contain ${/[:?#]/.test(forbidden) ? `"${forbidden}"` : 'control characters'}`;
}

/** Whether an image can be called so at all; the engine knows the rest of the rules. */
export function checkImage(image: string, range: TextRange, problems: ProblemList): void {
  if (/[\s\p{Cc}]/u.test(image)) {
    problems.error(range, 'An image name has no white space.');
  }
}

export function routeOf(
  app: AppContext,
  identity: { path: string; image: string },
  settings: RouteSettings,
  source: NonNullable<Route['source']>,
): Route {
  const config: Config = mergeConfig(app.config, settings.config);
  return { ...settings, ...identity, id: routeIdOf(app.name, identity.path), app: app.name, config, source };
}
