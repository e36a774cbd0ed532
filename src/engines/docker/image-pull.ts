import type { Readable } from 'node:stream';
import { HotFunctionsError } from '../../core/errors.ts';
import { readEngineMessage } from './engine-message.ts';
import { engineWords } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import type { PrepareOutput } from './image-build.ts';
import { jsonLines } from './json-lines.ts';
import { LayerProgress } from './layer-progress.ts';

/** Pulls an image from where its name says. Throws `image-missing` with the engine's words. */
export async function pullImage(
  requests: EngineRequests,
  image: string,
  output: PrepareOutput,
  hint: string,
  signal: AbortSignal,
): Promise<void> {
  output.report({ phase: 'pulling', message: `Pulling ${image}` });
  try {
    await requests.unlimited(signal, async (abortSignal) => {
      const answer = await requests.docker.pull(image, { abortSignal });
      await follow(answer as Readable, image, output);
    });
  } catch (error) {
    if (signal.aborted || error instanceof HotFunctionsError) {
      throw error;
    }
    throw new HotFunctionsError(
      'image-missing',
      `The image ${image} is not on this engine and could not be pulled: ${engineWords(error)}`,
      { hint, cause: error },
    );
  }
}

async function follow(answer: Readable, image: string, output: PrepareOutput): Promise<void> {
  const layers = new LayerProgress();
  for await (const line of jsonLines(answer)) {
    const message = readEngineMessage(line);
    switch (message.kind) {
      case 'error':
        throw new Error(message.text);
      case 'layer': {
        const fraction = layers.update(message.layerId, message.status, message.current, message.total);
        if (message.total === 0) {
          output.log(`${message.layerId}: ${message.status}`);
        }
        output.report({
          phase: 'pulling',
          message: `Pulling ${image}: ${message.layerId} ${message.status.toLowerCase()}`,
          ...(fraction !== undefined && { fraction }),
        });
        break;
      }
      case 'status':
        output.log(message.text);
        break;
      case 'output':
      case 'none':
        break;
      default:
        message satisfies never;
    }
  }
}
