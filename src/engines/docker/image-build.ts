import type { Readable } from 'node:stream';
import type { PrepareProgress } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { LineLog } from '../line-log.ts';
import type { BuildContext } from './build-context.ts';
import { readEngineMessage } from './engine-message.ts';
import { engineWords, isUnreachable } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import { jsonLines } from './json-lines.ts';
import { packContext } from './pack-context.ts';

/** On each image that we built: the hash of what it was built from. */
export const sourceLabel = 'dev.hot-functions.source';

export interface ImageBuild {
  readonly image: string;
  readonly context: BuildContext;
  readonly buildArgs: Readonly<Record<string, string>>;
}

export interface PrepareOutput {
  report(progress: PrepareProgress): void;
  /** Each whole line of what the engine says. */
  log(line: string): void;
}

const lastLinesShown = 12;

/**
 * Builds an image with the builder that every engine has. Throws `build-failed` with the last lines of the log, and a
 * `ContextChangedError` if a file changed meanwhile. Aborting it closes the connection, at which the engine ends the
 * step that it is running.
 */
export async function buildImage(
  requests: EngineRequests,
  { image, context, buildArgs }: ImageBuild,
  output: PrepareOutput,
  signal: AbortSignal,
): Promise<void> {
  const lastLines: string[] = [];
  const log = new LineLog((line) => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - lastLinesShown);
    output.log(line);
  });
  output.report({ phase: 'building', message: `Building ${image}` });
  const archive = packContext(context);
  let archiveFailure: unknown;
  archive.on('error', (error) => {
    archiveFailure ??= error;
  });
  try {
    await requests.unlimited(signal, async (abortSignal) => {
      const answer = await requests.docker.buildImage(archive, {
        t: image,
        version: '1',
        labels: { [sourceLabel]: context.hash },
        buildargs: { ...buildArgs },
        rm: true,
        forcerm: true,
        abortSignal,
      });
      await follow(answer as Readable, image, log, output);
    });
  } catch (error) {
    log.flush();
    if (archiveFailure !== undefined && !signal.aborted) {
      throw archiveFailure;
    }
    if (signal.aborted || error instanceof HotFunctionsError || isUnreachable(error)) {
      throw error;
    }
    const shown = lastLines.length > 0 ? `\n${lastLines.join('\n')}` : '';
    throw new HotFunctionsError('build-failed', `The image ${image} was not built: ${engineWords(error)}${shown}`, {
      hint: `Fix ${context.folder}/Dockerfile or what it uses; the next call builds again.`,
      cause: error,
    });
  } finally {
    archive.destroy();
  }
}

async function follow(answer: Readable, image: string, log: LineLog, output: PrepareOutput): Promise<void> {
  for await (const line of jsonLines(answer)) {
    const message = readEngineMessage(line);
    switch (message.kind) {
      case 'error':
        throw new Error(message.text);
      case 'output': {
        log.write(message.text);
        const step = /^Step (\d+)\/(\d+) : (.*)/.exec(message.text);
        if (step) {
          const [, number = '', count = '', instruction = ''] = step;
          const fraction = (Number(number) - 1) / Number(count);
          output.report({
            phase: 'building',
            message: `${image}: step ${number} of ${count}: ${instruction}`,
            fraction,
          });
        }
        break;
      }
      case 'layer':
        // The base image on its way: sizes would fill the log, states are enough.
        if (message.total === 0) {
          log.write(`${message.layerId}: ${message.status}\n`);
        }
        break;
      case 'status':
        log.write(`${message.text}\n`);
        break;
      case 'none':
        break;
      default:
        message satisfies never;
    }
  }
  log.flush();
}
