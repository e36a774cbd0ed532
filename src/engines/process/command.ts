import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrepareRequest } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { FunctionSource } from '../../core/route.ts';

/** How a function is run on this machine. */
export type Command =
  | {
      readonly kind: 'program';
      /** The first one that this machine has is taken. */
      readonly programs: readonly [string, ...string[]];
      readonly args: readonly string[];
    }
  /** A Go module or package, to be built first. */
  | { readonly kind: 'go' };

interface Interpreter {
  readonly programs: readonly [string, ...string[]];
  readonly files: readonly string[];
}

const python: Interpreter = { programs: ['python3', 'python'], files: ['func.py', 'main.py'] };
const node: Interpreter = {
  programs: ['node'],
  files: ['func.js', 'func.mjs', 'func.cjs', 'index.js', 'index.mjs', 'index.cjs', 'main.js'],
};
const sh: Interpreter = { programs: ['sh'], files: ['func.sh', 'main.sh'] };
const interpreters: Readonly<Record<string, Interpreter>> = {
  node,
  nodejs: node,
  python,
  ruby: { programs: ['ruby'], files: ['func.rb', 'main.rb'] },
  php: { programs: ['php'], files: ['func.php', 'main.php'] },
  sh,
  shell: sh,
  bash: { programs: ['bash'], files: sh.files },
};

/** Throws `needs-docker` for what can run in a container only, and `start-failed` where the code is missing. */
export async function commandOf(request: PrepareRequest): Promise<Command> {
  const { routeId, source } = request;
  if (source === undefined) {
    throw new HotFunctionsError('needs-docker', `${routeId} has an image and no code, so it runs in Docker only.`, {
      hint: 'Use the docker engine, or keep a func.yaml for its image in the workspace: its command is then taken.',
    });
  }
  const [program, ...args] = [...(source.entrypoint ?? []), ...(source.cmd ?? [])];
  if (program !== undefined) {
    return { kind: 'program', programs: [program], args };
  }
  if (source.runtime === undefined) {
    throw new HotFunctionsError('needs-docker', `${routeId} names no command, so it runs in Docker only.`, {
      hint: 'Add "runtime" or "entrypoint" to its func.yaml, or use the docker engine.',
    });
  }
  return commandByRuntime(request, source, source.runtime);
}

async function commandByRuntime(request: PrepareRequest, source: FunctionSource, runtime: string): Promise<Command> {
  // `python3.12` and `node22` name a version that this machine may not have; its own one is taken.
  const name = runtime.toLowerCase().replace(/[\d.]+$/, '');
  if (name === 'go' || name === 'golang') {
    return { kind: 'go' };
  }
  const interpreter = interpreters[name];
  if (interpreter === undefined) {
    throw new HotFunctionsError(
      'needs-docker',
      `${request.routeId} has the runtime ${runtime}, which needs an entrypoint or Docker.`,
      { hint: 'Add an "entrypoint" that runs the built program to its func.yaml, or use the docker engine.' },
    );
  }
  for (const file of interpreter.files) {
    if (await isFile(join(source.folder, file))) {
      return { kind: 'program', programs: interpreter.programs, args: [file] };
    }
  }
  const [first] = interpreter.files;
  throw new HotFunctionsError('start-failed', `${request.routeId}: there is no ${first} in ${source.folder}.`, {
    hint: `Name the function's file ${first}, or say in "entrypoint" of its func.yaml how it is run.`,
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
