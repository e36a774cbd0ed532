import type { HeaderList } from '../call.ts';
import type { Route } from '../route.ts';
import { environmentName, isFramingName, isToken } from './names.ts';

/** What the contract tells a function about a call, whatever the format. */
export interface CallFacts {
  readonly method: string;
  /** `http://localhost/r/{app}{path}`, with the query. */
  readonly url: string;
  /** The caller's headers. */
  readonly headers: HeaderList;
}

export type Variables = ReadonlyMap<string, string>;

// Not input of the function but of the hop before it; the daemon leaves them out as well.
const hiddenHeaders: ReadonlySet<string> = new Set(['HOST', 'TRANSFER_ENCODING']);

/** The environment of a container of this route. In the hot format that is all it gets: no caller's headers. */
export function containerEnvironment(route: Route): Variables {
  const environment = new Map<string, string>();
  for (const [key, value] of Object.entries(route.config)) {
    const name = environmentName(key);
    // A name with `=` or NUL cannot be expressed in an environment at all.
    if (name !== '' && !/[=\0]/.test(name)) {
      environment.set(name, value.replaceAll('\0', ''));
    }
  }
  environment.set('FN_FORMAT', route.format);
  return environment;
}

/** `METHOD`, `ROUTE`, `REQUEST_URL` and `HEADER_*` of one call. */
export function callVariables(route: Route, call: CallFacts): Variables {
  const variables = headerVariables(call.headers);
  variables.set('METHOD', call.method);
  variables.set('REQUEST_URL', call.url);
  variables.set('ROUTE', route.path);
  return variables;
}

/** `HEADER_*` of one call. Repeated headers are joined by one space. */
export function headerVariables(headers: HeaderList): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of headers) {
    const spelt = environmentName(name);
    if (hiddenHeaders.has(spelt)) {
      continue;
    }
    const key = `HEADER_${spelt}`;
    const earlier = variables.get(key);
    variables.set(key, (earlier === undefined ? value : `${earlier} ${value}`).replaceAll('\0', ''));
  }
  return variables;
}

/** A config key that reaches the container's environment but not the requests on the wire, and why. */
export interface ConfigKeptOffTheWire {
  readonly key: string;
  readonly why: string;
}

/** For diagnostics: config of a hot route that its function will not see as a header. */
export function configKeptOffTheWire(config: Readonly<Record<string, string>>): readonly ConfigKeptOffTheWire[] {
  const kept: ConfigKeptOffTheWire[] = [];
  for (const key of Object.keys(config)) {
    const name = environmentName(key);
    if (isFramingName(name)) {
      kept.push({ key, why: `"${name}" would change how the request is framed` });
    } else if (!isToken(name)) {
      kept.push({ key, why: `"${name}" is not a valid header name` });
    }
  }
  return kept;
}
