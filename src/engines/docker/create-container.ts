import type { ContainerSpec } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { alteredStart } from './altered-start.ts';
import { type ContainerOwner, createBodyOf } from './create-body.ts';
import { dial } from './dial.ts';
import { answeredStatus, engineWords } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import { imageCommand } from './image-command.ts';

const createLimitMs = 60_000;

/** Settles with its id. Throws `image-missing` or `start-failed`. */
export async function createContainer(
  requests: EngineRequests,
  imageId: string,
  spec: ContainerSpec,
  owner: ContainerOwner,
): Promise<string> {
  const { alteration } = spec;
  const altered = alteration && alteredStart(await imageCommand(requests, imageId), spec.env, alteration);
  try {
    // Never aborted: the engine would create it all the same, after we had stopped to look for it.
    const created = await requests.limited(createLimitMs, (abortSignal) =>
      dial(requests.docker, {
        path: '/containers/create?',
        method: 'POST',
        // dockerode's own method repeats the body, with every value of the environment, in the address.
        options: { _query: { name: spec.name }, _body: createBodyOf(imageId, spec, owner, altered) },
        abortSignal,
        statusCodes: { 201: true, 400: 'bad parameter', 404: 'no such image', 409: 'conflict', 500: 'server error' },
      }),
    );
    return (created as { Id: string }).Id;
  } catch (error) {
    if (answeredStatus(error) === 404) {
      throw new HotFunctionsError('image-missing', `The image of ${spec.routeId} is gone: ${engineWords(error)}.`, {
        hint: 'Invoke it again: a missing image is built or pulled first.',
        cause: error,
      });
    }
    throw startFailure(error, spec);
  }
}

/** In the engine's words, unless the failure has its own. */
export function startFailure(error: unknown, spec: ContainerSpec): unknown {
  if (error instanceof HotFunctionsError) {
    return error;
  }
  const words = engineWords(error);
  return new HotFunctionsError('start-failed', `The container of ${spec.routeId} did not start: ${words}`, {
    hint: /executable file not found|no such file or directory/.test(words)
      ? 'The command of the image is not in the image: check ENTRYPOINT and CMD of its Dockerfile.'
      : 'These are the words of Docker; "docker events" and its log may say more.',
    cause: error,
  });
}
