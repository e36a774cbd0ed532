import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BundleError,
  type InputOptions,
  type OutputChunk,
  type OutputOptions,
  type RolldownError,
  rolldown,
  watch,
} from 'rolldown';
import { checkBudget } from './budget.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const unusedPackage = fileURLToPath(new URL('unused-package.cjs', import.meta.url));
const outputFolder = path.join(repository, 'dist');

interface Bundle {
  readonly input: InputOptions;
  readonly output: OutputOptions;
}

/** What every bundle that runs in the extension host has in common. */
const hostInput: InputOptions = {
  cwd: repository,
  platform: 'node',
  external: ['vscode'],
  resolve: {
    // jsonc-parser's main is UMD, which no bundler can see into.
    mainFields: ['module', 'main'],
    alias: {
      ssh2: unusedPackage,
      'cpu-features': unusedPackage,
      '@grpc/grpc-js': unusedPackage,
      '@grpc/proto-loader': unusedPackage,
      protobufjs: unusedPackage,
    },
  },
  // The Node of the oldest VS Code that we support.
  transform: { target: 'node22' },
  // A failure is thrown with all that there is to say.
  logLevel: 'silent',
};

/**
 * The extension is CommonJS: as ES modules its start takes a seventh more of processor time, above all for the module
 * that stands for `vscode`.
 */
function extensionBundle(production: boolean): Bundle {
  return {
    input: {
      ...hostInput,
      input: { extension: 'src/extension.ts' },
      // What the entry shares with what is loaded later stays in it. As files of their own, 25 of them, it took a
      // quarter more of processor time to start: each is looked up, read and linked by itself.
      preserveEntrySignatures: 'allow-extension',
    },
    output: {
      dir: outputFolder,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: 'chunks/[name]-[hash].cjs',
      minify: production,
      sourcemap: !production,
    },
  };
}

/** Started by its name, by `new URL('./call-worker.js', import.meta.url)` in the entry, and alone in its thread. */
function workerBundle(production: boolean): Bundle {
  return {
    input: { ...hostInput, input: { 'call-worker': 'src/store/calls/call-worker.ts' } },
    output: { dir: outputFolder, format: 'es', minify: production, sourcemap: !production },
  };
}

/** Bundles the extension into `dist/`. @throws when it does not build or is over its budget */
export async function bundleExtension({ production }: { production: boolean }): Promise<readonly OutputChunk[]> {
  rmSync(outputFolder, { recursive: true, force: true });
  const chunks = [...(await write(extensionBundle(production))), ...(await write(workerBundle(production)))];
  if (production) {
    checkBudget(chunks);
  }
  return chunks;
}

/** Bundles what is run inside the extension host besides the extension, with a name for each of its entries. */
export async function bundleForHost(
  entries: Readonly<Record<string, string>>,
  { folder, external = [] }: { readonly folder: string; readonly external?: readonly string[] },
): Promise<void> {
  await write({
    input: { ...hostInput, input: { ...entries }, external: ['vscode', ...external] },
    output: { dir: folder, format: 'es', sourcemap: 'inline' },
  });
}

/** Bundles for development whenever a source changes, until the process ends. `.vscode/tasks.json` reads its lines. */
export function watchExtension(): void {
  const bundles = [extensionBundle(false), workerBundle(false)];
  const watcher = watch(bundles.map(({ input, output }) => ({ ...input, output })));
  watcher.on('event', async (event) => {
    switch (event.code) {
      case 'START':
        console.log('[build] started');
        break;
      case 'ERROR':
        for (const { loc, message } of errorsOf(event.error)) {
          const file = path.relative(repository, loc?.file ?? 'scripts');
          console.log(`${file}:${loc?.line ?? 1}:${(loc?.column ?? 0) + 1}: error: ${message.split('\n', 1)[0]}`);
        }
        await event.result.close();
        break;
      case 'BUNDLE_END':
        await event.result.close();
        break;
      case 'END':
        console.log('[build] finished');
        break;
      case 'BUNDLE_START':
        break;
      default:
        event satisfies never;
    }
  });
}

function errorsOf(error: BundleError | Error): readonly RolldownError[] {
  return 'errors' in error ? (error.errors ?? [error]) : [error];
}

async function write({ input, output }: Bundle): Promise<OutputChunk[]> {
  const bundle = await rolldown(input);
  try {
    const written = await bundle.write(output);
    return written.output.filter((file) => file.type === 'chunk');
  } finally {
    await bundle.close();
  }
}
