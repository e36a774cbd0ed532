import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../src/core/engine.ts';
import { ProcessEngine } from '../../src/engines/process/process-engine.ts';
import { connectEngine, directClient } from '../docker/engine-under-test.ts';
import { buildArguments } from '../environment.ts';
import { countProcesses } from '../runner/count-processes.ts';
import { until } from '../until.ts';

export const markVariable = 'HOT_FUNCTIONS_TEST';

export interface EngineForDebugging {
  readonly engine: Engine;
  readonly name: string;
  readonly storageFolder: string;
  /**
   * Settles when no container is left, nor any process that a function or its debugger has started with the variable
   * `markVariable` of that value.
   */
  nothingLeft(mark: string): Promise<void>;
  close(): Promise<void>;
}

/** @param path where programs are looked for, in place of this machine's */
export async function processesForDebugging(path?: string): Promise<EngineForDebugging> {
  const name = newName();
  const storageFolder = await mkdtemp(join(tmpdir(), 'hot functions debug-'));
  const engine = new ProcessEngine({
    env: { ...process.env, ...(path === undefined ? {} : { PATH: path }) },
    platform: process.platform,
    execPath: process.execPath,
    storageFolder,
    onBuildLog: () => {},
  });
  return {
    engine,
    name,
    storageFolder,
    nothingLeft: (mark) => noProcessWith(`${markVariable}=${mark}`),
    close: async () => {
      await engine.dispose();
      await rm(storageFolder, { recursive: true });
    },
  };
}

export async function dockerForDebugging(): Promise<EngineForDebugging> {
  const name = newName();
  const storageFolder = await mkdtemp(join(tmpdir(), 'hot functions debug-'));
  const engine = await connectEngine(name, [], { buildArgs: buildArguments });
  const filters = { label: [`dev.hot-functions.installation=${name}`] };
  return {
    engine,
    name,
    storageFolder,
    nothingLeft: () =>
      until(
        async () => (await directClient().listContainers({ all: true, filters })).length === 0,
        'every container to be gone',
      ),
    close: async () => {
      await engine.dispose();
      const docker = directClient();
      for (const image of await docker.listImages({ filters: { reference: [`${name}/*`] } })) {
        // Suites at the same time have the same one under names of their own.
        for (const tag of image.RepoTags?.filter((each) => each.startsWith(`${name}/`)) ?? []) {
          await docker.getImage(tag).remove({ force: true });
        }
      }
      await rm(storageFolder, { recursive: true });
    },
  };
}

function newName(): string {
  return `hot-functions-debug-${randomUUID().slice(0, 8)}`;
}

/** A process tells its environment as it was when it started, so that its children are known by it too. */
async function noProcessWith(variable: string): Promise<void> {
  const count = () =>
    countProcesses(async (pid) => (await readFile(`/proc/${pid}/environ`, 'latin1')).includes(variable));
  await until(async () => (await count()) === 0, 'every process to be gone');
}
