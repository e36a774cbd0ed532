import type { StartCommand } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { isOnPath } from './find-program.ts';
import { functionEnvironment } from './function-environment.ts';

/** What of this process and its machine decides what a function is run by. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Stands in for `node` where the path has none. */
  readonly execPath: string;
}

export interface Programs {
  /** The first one that this machine has is taken. */
  readonly programs: readonly string[];
  readonly args: readonly string[];
}

/** A function's command on this machine, with the variables of its route. Throws `start-failed` where it has none. */
export async function invocation(
  machine: Machine,
  { programs, args }: Programs,
  routeEnv: Readonly<Record<string, string>>,
  routeId: RouteId,
): Promise<StartCommand> {
  const { platform, execPath } = machine;
  const env = functionEnvironment(machine.env, routeEnv, platform);
  for (const program of programs) {
    if (await isOnPath(program, env['PATH'] ?? '', platform)) {
      return { argv: [program, ...args], env };
    }
  }
  const [program = ''] = programs;
  if (program === 'node') {
    // VS Code brings a Node along: this process runs on it.
    return { argv: [execPath, ...args], env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
  }
  throw new HotFunctionsError('start-failed', `${routeId} needs ${programs.join(' or ')}: not found.`, {
    hint: `Install ${program} and have it on the PATH of VS Code, or use the docker engine.`,
  });
}
