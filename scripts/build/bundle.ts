import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context, type Metafile } from 'esbuild';
import { checkBudget } from './budget.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const unusedPackage = fileURLToPath(new URL('unused-package.cjs', import.meta.url));

/** What every bundle that runs in the extension host has in common. */
export const extensionHostOptions: BuildOptions = {
  absWorkingDir: repository,
  bundle: true,
  // Chunks are split for ES modules only, and only so is the Docker client loaded when it is wanted.
  format: 'esm',
  splitting: true,
  platform: 'node',
  // The Node of the oldest VS Code that we support.
  target: 'node22',
  external: ['vscode'],
  // jsonc-parser's main is UMD, which no bundler can see into.
  mainFields: ['module', 'main'],
  alias: {
    ssh2: unusedPackage,
    'cpu-features': unusedPackage,
    '@grpc/grpc-js': unusedPackage,
    '@grpc/proto-loader': unusedPackage,
    protobufjs: unusedPackage,
  },
  // CommonJS dependencies require Node's own modules.
  banner: {
    js: "import { createRequire as bannerCreateRequire } from 'node:module';const require = bannerCreateRequire(import.meta.url);",
  },
  metafile: true,
  // A failure is thrown with all that there is to say.
  logLevel: 'silent',
};

function extensionOptions(production: boolean): BuildOptions {
  return {
    ...extensionHostOptions,
    entryPoints: [
      { in: 'src/extension.ts', out: 'extension' },
      // Started by its name: `new URL('./call-worker.js', import.meta.url)` in the entry.
      { in: 'src/store/calls/call-worker.ts', out: 'call-worker' },
    ],
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    minify: production,
    sourcemap: !production,
  };
}

/** Bundles the extension into `dist/`. @throws when it does not build or is over its budget */
export async function bundleExtension(options: { production: boolean }): Promise<Metafile> {
  rmSync(path.join(repository, 'dist'), { recursive: true, force: true });
  const { metafile } = await build(extensionOptions(options.production));
  if (metafile === undefined) {
    throw new Error('esbuild gave no metafile');
  }
  if (options.production) {
    checkBudget(metafile);
  }
  return metafile;
}

/** Bundles for development whenever a source changes, until the process ends. `.vscode/tasks.json` reads its lines. */
export async function watchExtension(): Promise<void> {
  const watching = await context({
    ...extensionOptions(false),
    plugins: [
      {
        name: 'tell-progress',
        setup(esbuild) {
          esbuild.onStart(() => console.log('[build] started'));
          esbuild.onEnd((result) => {
            for (const { text, location } of result.errors) {
              console.log(
                `${location?.file ?? 'scripts'}:${location?.line ?? 1}:${location?.column ?? 0}: error: ${text}`,
              );
            }
            console.log('[build] finished');
          });
        },
      },
    ],
  });
  await watching.watch();
}
