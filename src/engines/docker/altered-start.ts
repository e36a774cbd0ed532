import type Dockerode from 'dockerode';
import type { FunctionCommand, StartAlteration } from '../../core/engine.ts';

/** Where the files of an alteration are in a container. */
export const injectedFolder = '/.hot-functions';

export type StartOptions = Pick<Dockerode.ContainerCreateOptions, 'Entrypoint' | 'Cmd' | 'Env'>;

/** What makes a container of an image start in the altered way. `env` are the variables of its route. */
export function alteredStart(
  image: FunctionCommand,
  env: Readonly<Record<string, string>>,
  alteration: StartAlteration,
): StartOptions {
  const given = { argv: image.argv, env: { ...image.env, ...env } };
  const altered = alteration.command(given, injectedFolder);
  const [program = '', ...args] = altered.argv;
  const isSame = altered.argv.length === given.argv.length && altered.argv.every((word, at) => word === given.argv[at]);
  // A name without a value takes the variable of the image away.
  const removed = Object.keys(image.env).filter((name) => !(name in altered.env));
  return {
    Env: [...environment(altered.env), ...removed],
    ...(isSame ? {} : { Entrypoint: [program], Cmd: args }),
  };
}

export function environment(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
