import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context } from 'esbuild';
import { type Chunk, checkBudget } from './budget.ts';
import { writeCommonJs } from './common-js.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const unusedPackage = fileURLToPath(new URL('unused-package.cjs', import.meta.url));
const outputFolder = 'dist';

/** What every bundle that runs in the extension host has in common. */
export const hostOptions = {
  absWorkingDir: repository,
  bundle: true,
  format: 'esm',
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
  // A failure is thrown with all that there is to say.
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** CommonJS dependencies require Node's own modules. */
export const requireInModules = {
  js: "import { createRequire as bannerCreateRequire } from 'node:module';const require = bannerCreateRequire(import.meta.url);",
};

function splitOptions(production: boolean) {
  return {
    ...hostOptions,
    entryPoints: ['src/extension.ts'],
    outdir: outputFolder,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: production ? false : 'inline',
    metafile: true,
    write: false,
  } as const satisfies BuildOptions;
}

/** Bundles the extension into `dist/`. @throws when it does not build or is over its budget */
export async function bundleExtension({ production }: { production: boolean }): Promise<readonly Chunk[]> {
  rmSync(path.join(repository, outputFolder), { recursive: true, force: true });
  const split = await build(splitOptions(production));
  const chunks = [
    ...(await writeCommonJs(split, { repository, outputFolder, minify: production })),
    await writeWorker(production),
  ];
  if (production) {
    checkBudget(chunks);
  }
  return chunks;
}

/** Started by its name, by `new URL('./call-worker.js', import.meta.url)` in the entry, and alone in its thread. */
async function writeWorker(production: boolean): Promise<Chunk> {
  const { metafile } = await build({
    ...hostOptions,
    entryPoints: { 'call-worker': 'src/store/calls/call-worker.ts' },
    outdir: outputFolder,
    banner: requireInModules,
    minify: production,
    sourcemap: !production,
    metafile: true,
  });
  const file = path.posix.join(outputFolder, 'call-worker.js');
  return { file, bytes: metafile.outputs[file]?.bytes ?? 0, onActivation: false, sources: new Map() };
}

/** Bundles what is run inside the extension host besides the extension, with a name for each of its entries. */
export async function bundleForHost(
  entries: Readonly<Record<string, string>>,
  { folder, external = [] }: { readonly folder: string; readonly external?: readonly string[] },
): Promise<void> {
  await build({
    ...hostOptions,
    entryPoints: { ...entries },
    outdir: folder,
    splitting: true,
    external: ['vscode', ...external],
    banner: requireInModules,
    sourcemap: 'inline',
  });
}

/** Bundles for development whenever a source changes, until the process ends. `.vscode/tasks.json` reads its lines. */
export async function watchExtension(): Promise<void> {
  const watching = await context({
    ...splitOptions(false),
    plugins: [
      {
        name: 'write-and-tell',
        setup(esbuild) {
          esbuild.onStart(() => console.log('[build] started'));
          esbuild.onEnd(async ({ errors, outputFiles, metafile }) => {
            for (const { text, location } of errors) {
              const { file = 'scripts', line = 1, column = 0 } = location ?? {};
              console.log(`${file}:${line}:${column + 1}: error: ${text.split('\n', 1)[0]}`);
            }
            if (outputFiles !== undefined && metafile !== undefined && errors.length === 0) {
              await writeCommonJs({ outputFiles, metafile }, { repository, outputFolder, minify: false });
              await writeWorker(false);
            }
            console.log('[build] finished');
          });
        },
      },
    ],
  });
  await watching.watch();
}
