import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrepareProgress, PrepareRequest } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { SharedJobs } from '../shared-jobs.ts';
import { type BuildContext, BuildContexts, ContextChangedError } from './build-context.ts';
import { dial } from './dial.ts';
import { answeredStatus, engineWords } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import { buildImage, type PrepareOutput, sourceLabel } from './image-build.ts';
import { pullImage } from './image-pull.ts';
import { jsonField } from './json-field.ts';

export interface ImagesOptions {
  readonly buildArgs: () => Readonly<Record<string, string>>;
  readonly onBuildLog: (routeId: RouteId, line: string) => void;
}

/** What is to be done about an image. */
type Plan =
  | { readonly kind: 'use'; readonly imageId: string }
  | {
      readonly kind: 'build';
      readonly context: BuildContext;
      readonly buildArgs: Readonly<Record<string, string>>;
      /** Id of the image of ours that has the name until then. */
      readonly replaces?: string;
    }
  | { readonly kind: 'pull' };

interface LocalImage {
  readonly id: string;
  /** The hash of what we built it from; absent for an image of the user's own. */
  readonly source?: string;
}

const inspectLimitMs = 15_000;
/** A folder that changes during so many attempts is being written to by something that does not stop. */
const attempts = 5;
/** What an image's name is made of, so that nothing else ends up in the path of a request. */
const imageName = /^[a-z0-9][a-z0-9._\-/:@]*$/i;

/** Makes images available: built from the function's folder, pulled, or as they are. */
export class Images {
  readonly #requests: EngineRequests;
  readonly #options: ImagesOptions;
  readonly #contexts = new BuildContexts();
  readonly #jobs = new SharedJobs();
  readonly #replaced = new Set<string>();

  constructor(requests: EngineRequests, options: ImagesOptions) {
    this.#requests = requests;
    this.#options = options;
  }

  /** Settles with the image's id. Throws `build-failed`, `image-missing`, `invalid-route`, `engine-lost`, `aborted`. */
  async prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<string> {
    if (!imageName.test(request.image)) {
      throw badName(request.image, 'it has characters that no name of an image has');
    }
    try {
      return await this.#prepare(request, report, signal);
    } catch (error) {
      if (signal.aborted) {
        throw new HotFunctionsError('aborted', `Making the image ${request.image} available was cancelled.`);
      }
      throw error;
    }
  }

  async #prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<string> {
    let changes = 0;
    for (;;) {
      try {
        const plan = await this.#plan(request, signal);
        if (plan.kind === 'use') {
          return plan.imageId;
        }
        const what = plan.kind === 'pull' ? 'pull' : `build ${plan.context.hash}`;
        const work = (reportAll: PrepareOutput['report'], jobSignal: AbortSignal): Promise<string> =>
          this.#carryOut(plan, request, reportAll, jobSignal);
        const outcome = await this.#jobs.run(request.image, what, work, report, signal);
        if (outcome.kind === 'done') {
          return outcome.value;
        }
      } catch (error) {
        changes += 1;
        if (!(error instanceof ContextChangedError)) {
          throw error;
        }
        if (changes === attempts) {
          throw new HotFunctionsError('build-failed', `The image ${request.image} was not built: ${error.message}.`, {
            hint: 'Stop what writes there, or list it in a .dockerignore file next to the Dockerfile.',
            cause: error,
          });
        }
      }
    }
  }

  async #plan(request: PrepareRequest, signal: AbortSignal): Promise<Plan> {
    const folder = request.source?.folder;
    const [image, hasDockerfile] = await Promise.all([
      this.#inspect(request.image, signal),
      folder === undefined ? false : isFile(join(folder, 'Dockerfile')),
    ]);
    if (folder === undefined || !hasDockerfile) {
      if (request.force) {
        throw nothingToBuild(request);
      }
      return image ? { kind: 'use', imageId: image.id } : { kind: 'pull' };
    }
    if (image && image.source === undefined && !request.force) {
      return { kind: 'use', imageId: image.id };
    }
    const buildArgs = this.#options.buildArgs();
    const context = await this.#contexts.read(folder, buildArgs, signal);
    return image?.source === context.hash && !request.force
      ? { kind: 'use', imageId: image.id }
      : { kind: 'build', context, buildArgs, ...(image?.source === undefined ? {} : { replaces: image.id }) };
  }

  async #carryOut(
    plan: Exclude<Plan, { kind: 'use' }>,
    request: PrepareRequest,
    report: PrepareOutput['report'],
    signal: AbortSignal,
  ): Promise<string> {
    const { image, routeId } = request;
    const output: PrepareOutput = { report, log: (line) => this.#options.onBuildLog(routeId, line) };
    if (plan.kind === 'pull') {
      await pullImage(this.#requests, image, output, pullHint(request), signal);
    } else {
      await buildImage(this.#requests, { image, ...plan }, output, signal);
    }
    const made = await this.#inspect(image, signal);
    if (plan.kind === 'build' && plan.replaces !== undefined && plan.replaces !== made?.id) {
      this.#replaced.add(plan.replaces);
    }
    void this.#removeReplaced();
    if (made && (plan.kind === 'pull' || made.source === plan.context.hash)) {
      return made.id;
    }
    throw plan.kind === 'pull'
      ? new HotFunctionsError('image-missing', `The image ${image} was pulled but is not there.`)
      : new HotFunctionsError('build-failed', `The build of ${image} ended without an image of that name.`);
  }

  /** Our own images that lost their name to a newer build. One that a container still uses goes after a later build. */
  async #removeReplaced(): Promise<void> {
    for (const id of [...this.#replaced]) {
      try {
        await this.#requests.limited(inspectLimitMs, (abortSignal) =>
          this.#requests.docker.getImage(id).remove({ abortSignal }),
        );
        this.#replaced.delete(id);
      } catch (error) {
        if (answeredStatus(error) === 404) {
          this.#replaced.delete(id);
        }
      }
    }
  }

  async #inspect(image: string, signal: AbortSignal): Promise<LocalImage | undefined> {
    try {
      const ask = (abortSignal: AbortSignal): Promise<unknown> =>
        dial(this.#requests.docker, {
          path: `/images/${image}/json`,
          method: 'GET',
          abortSignal,
          statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
        });
      const info = await this.#requests.limited(inspectLimitMs, ask, signal);
      const id = jsonField(info, 'Id');
      const source = jsonField(info, 'Config', 'Labels', sourceLabel);
      if (typeof id !== 'string') {
        throw new Error(`the engine describes the image ${image} without an id`);
      }
      return typeof source === 'string' ? { id, source } : { id };
    } catch (error) {
      switch (answeredStatus(error)) {
        case 404:
          return undefined;
        case 400:
          throw badName(image, engineWords(error));
        default:
          throw error;
      }
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function badName(image: string, why: string): HotFunctionsError {
  return new HotFunctionsError('invalid-route', `"${image}" is no name of an image: ${why}.`, {
    hint: 'An image is named like registry.example.com/team/function:0.0.1, in lower case.',
  });
}

function nothingToBuild(request: PrepareRequest): HotFunctionsError {
  return new HotFunctionsError('build-failed', `There is no Dockerfile to build ${request.image} from.`, {
    hint: request.source
      ? `Add a Dockerfile to ${request.source.folder}.`
      : `${request.routeId} has no folder with code: keep its function and a Dockerfile next to a func.yaml.`,
  });
}

function pullHint({ image, source }: PrepareRequest): string {
  const buildIt = source ? `Add a Dockerfile to ${source.folder} to have it built` : 'Correct "image"';
  return `${buildIt}, or make it available yourself: docker pull ${image}`;
}
