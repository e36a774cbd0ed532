import { HotFunctionsError } from '../../core/errors.ts';
import type { LanguageId } from '../languages/debug-language.ts';
import type { LaunchAttributes, LaunchedCall } from './launch-configuration.ts';

const languages: readonly LanguageId[] = ['node', 'python', 'go', 'ruby', 'java', 'php'];

/**
 * Takes over the attributes of a launch configuration, which anybody may have written.
 *
 * @throws HotFunctionsError `invalid-request` that names the attribute and what it has to be
 */
export function readAttributes(configuration: Readonly<Record<string, unknown>>): LaunchAttributes {
  const { call } = configuration;
  return {
    ...strings(configuration, '', ['route', 'localRoot', 'remoteRoot', 'container']),
    ...booleans(configuration, ['hot', 'stopOnEntry']),
    ...(call === undefined ? {} : { call: readCall(asObject('call', call)) }),
    ...(configuration['language'] === undefined ? {} : { language: readLanguage(configuration['language']) }),
    ...(configuration['env'] === undefined ? {} : { env: readEnvironment(configuration['env']) }),
  };
}

function readCall(call: Readonly<Record<string, unknown>>): LaunchedCall {
  if (call['body'] !== undefined && call['bodyFile'] !== undefined) {
    throw invalid('"call" has both a "body" and a "bodyFile".');
  }
  return {
    ...strings(call, 'call.', ['method', 'query', 'body', 'bodyFile']),
    ...(call['headers'] === undefined ? {} : { headers: readHeaders(asObject('call.headers', call['headers'])) }),
  };
}

function readHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === 'string') {
        return [name, value];
      }
      if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
        return [name, value];
      }
      throw invalid(`"call.headers.${name}" must be a string or a list of strings.`);
    }),
  );
}

function readEnvironment(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject('env', value)).map(([name, text]) => {
      if (typeof text !== 'string') {
        throw invalid(`"env.${name}" must be a string.`);
      }
      return [name, text];
    }),
  );
}

function readLanguage(value: unknown): LanguageId {
  const language = languages.find((known) => known === value);
  if (language === undefined) {
    throw invalid(`"language" must be one of ${languages.join(', ')}, or be left out.`);
  }
  return language;
}

function strings<Name extends string>(
  from: Readonly<Record<string, unknown>>,
  prefix: string,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  return only(from, names, (name, value) => {
    if (typeof value !== 'string') {
      throw invalid(`"${prefix}${name}" must be a string.`);
    }
    // The variables of launch.json make an empty text of what is not there.
    return value === '' && name !== 'body' ? undefined : value;
  });
}

function booleans<Name extends string>(
  from: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Partial<Record<Name, boolean>> {
  return only(from, names, (name, value) => {
    if (typeof value !== 'boolean') {
      throw invalid(`"${name}" must be true or false.`);
    }
    return value;
  });
}

/** The fields that are there, as `read` takes them. */
function only<Name extends string, T>(
  from: Readonly<Record<string, unknown>>,
  names: readonly Name[],
  read: (name: Name, value: unknown) => T | undefined,
): Partial<Record<Name, T>> {
  const found: Partial<Record<Name, T>> = {};
  for (const name of names) {
    const value = from[name] === undefined ? undefined : read(name, from[name]);
    if (value !== undefined) {
      found[name] = value;
    }
  }
  return found;
}

function asObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`"${name}" must be an object.`);
  }
  return { ...value };
}

function invalid(message: string): HotFunctionsError {
  return new HotFunctionsError('invalid-request', `This launch configuration cannot be used: ${message}`);
}
