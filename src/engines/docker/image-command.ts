import type { FunctionCommand } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { dial } from './dial.ts';
import { answeredStatus, engineWords } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import { jsonField } from './json-field.ts';

const inspectLimitMs = 15_000;

/** What a container of an image runs by itself. Throws `image-missing`. */
export async function imageCommand(
  requests: EngineRequests,
  imageId: string,
  signal?: AbortSignal,
): Promise<FunctionCommand> {
  try {
    const ask = (abortSignal: AbortSignal): Promise<unknown> =>
      dial(requests.docker, {
        path: `/images/${imageId}/json`,
        method: 'GET',
        abortSignal,
        statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
      });
    return readImageCommand(await requests.limited(inspectLimitMs, ask, signal));
  } catch (error) {
    if (signal?.aborted) {
      throw new HotFunctionsError('aborted', 'Looking at an image was cancelled.');
    }
    if (answeredStatus(error) === 404) {
      throw new HotFunctionsError('image-missing', `The image is gone: ${engineWords(error)}.`, {
        hint: 'Invoke it again: a missing image is built or pulled first.',
        cause: error,
      });
    }
    throw error;
  }
}

export function readImageCommand(image: unknown): FunctionCommand {
  const config = jsonField(image, 'Config');
  const variables = words(jsonField(config, 'Env')).map((variable) => {
    const [name = ''] = variable.split('=', 1);
    return [name, variable.slice(name.length + 1)] as const;
  });
  const workingFolder = jsonField(config, 'WorkingDir');
  return {
    argv: [...words(jsonField(config, 'Entrypoint')), ...words(jsonField(config, 'Cmd'))],
    env: Object.fromEntries(variables),
    workingFolder: typeof workingFolder === 'string' && workingFolder !== '' ? workingFolder : '/',
  };
}

/** An engine leaves out an empty list, or says null. */
function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
