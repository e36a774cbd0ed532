import type { EditableRequest } from '../../core/call-gate.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { LaunchedCall } from './launch-configuration.ts';

/**
 * The request of a launch configuration's call.
 *
 * @throws HotFunctionsError `invalid-request` where the file of its body cannot be read
 */
export async function requestOfCall(
  { method, query, headers, body, bodyFile }: LaunchedCall,
  readFile: (path: string) => PromiseLike<Uint8Array>,
): Promise<EditableRequest> {
  const sent = bodyFile === undefined ? body : await readBody(bodyFile, readFile);
  return {
    ...(method === undefined ? {} : { method }),
    // People copy it with its question mark.
    ...(query === undefined ? {} : { query: query.replace(/^\?/, '') }),
    ...(headers === undefined ? {} : { headers: Object.entries(headers).flatMap(headersOf) }),
    ...(sent === undefined ? {} : { body: sent }),
  };
}

function headersOf([name, value]: [string, string | readonly string[]]): [string, string][] {
  return (typeof value === 'string' ? [value] : value).map((one) => [name, one]);
}

async function readBody(path: string, readFile: (path: string) => PromiseLike<Uint8Array>): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HotFunctionsError('invalid-request', `The file of the body, ${path}, cannot be read.`, { cause: error });
  }
}
