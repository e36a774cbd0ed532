import type { CleanUp } from '../clean-up.ts';
import { acquireDockerEngine } from '../docker-engine.ts';
import { exampleBuildArguments } from '../vscode/example-images.ts';

/** What a window on the examples needs of an engine. Without one, functions run as processes of this machine. */
export interface ExamplesEngine {
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

export async function examplesEngine(cleanUp: CleanUp): Promise<ExamplesEngine> {
  try {
    const dockerHost = await acquireDockerEngine(cleanUp);
    console.log(`Docker Engine at ${dockerHost}`);
    return {
      env: { DOCKER_HOST: dockerHost },
      settings: { 'hotFunctions.docker.buildArgs': await exampleBuildArguments(dockerHost) },
    };
  } catch (error) {
    console.log(
      `Without Docker, functions run as processes of this machine: ${error instanceof Error ? error.message : error}`,
    );
    return { env: {}, settings: {} };
  }
}
