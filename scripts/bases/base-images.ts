import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { ensureFolder } from '../setup/prepared-folder.mjs';
import { packDebianRoot } from './debian-root.ts';
import { type BaseRecipe, baseRecipes } from './recipes.ts';

/** Raise it when packages are unpacked or images built in another way, so that older ones are made anew. */
const RECIPE = 1;
const LABEL = 'hot-functions.base';

const directory = fileURLToPath(new URL('../../.vscode-test/bases', import.meta.url));

/**
 * Makes base images for the Dockerfiles of `examples/` without a registry, unless the engine has them.
 *
 * @returns the build arguments that name them, such as `NODE_IMAGE`
 */
export async function ensureBaseImages(docker: Docker = new Docker()): Promise<Record<string, string>> {
  for (const recipe of baseRecipes) {
    await ensureBaseImage(docker, recipe);
  }
  return Object.fromEntries(baseRecipes.map(({ argument, tag }) => [argument, tag]));
}

async function ensureBaseImage(docker: Docker, recipe: BaseRecipe): Promise<void> {
  const version = createHash('sha256')
    .update(JSON.stringify({ RECIPE, ...recipe, platform: process.platform, arch: process.arch }))
    .digest('hex');
  if ((await labelOf(docker, recipe.tag)) === version) {
    return;
  }
  console.error(`Making ${recipe.tag} of Debian's ${recipe.packages.join(', ')} …`);
  const folder = path.join(directory, recipe.argument.toLowerCase());
  await ensureFolder(folder, version, async (staging) => {
    await packDebianRoot(staging, recipe);
    const instructions = ['FROM scratch', `LABEL ${LABEL}=${version}`, 'ADD rootfs.tar /'];
    instructions.push('RUN ["/bin/busybox", "--install", "-s", "/bin"]', ...recipe.finish.map((line) => `RUN ${line}`));
    instructions.push('CMD ["sh"]', '');
    writeFileSync(path.join(staging, 'Dockerfile'), instructions.join('\n'));
  });
  await build(docker, folder, recipe.tag);
}

async function build(docker: Docker, folder: string, tag: string): Promise<void> {
  const stream = await docker.buildImage(
    { context: folder, src: ['Dockerfile', 'rootfs.tar'] },
    { t: tag, rm: true, forcerm: true },
  );
  const events = await new Promise<BuildEvent[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) => (error === null ? resolve(output) : reject(error)));
  });
  // A step that failed is an event like the others, not an error of the stream.
  const failure = events.find((event) => event.error !== undefined);
  if (failure !== undefined) {
    throw new Error(`Building ${tag}: ${failure.error}\n${events.map((event) => event.stream ?? '').join('')}`);
  }
}

interface BuildEvent {
  readonly stream?: string;
  readonly error?: string;
}

async function labelOf(docker: Docker, tag: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(tag).inspect()).Config.Labels?.[LABEL];
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}
