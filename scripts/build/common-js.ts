import path from 'node:path';
import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import type { Chunk } from './budget.ts';

/** What esbuild has split into ES modules, in memory. */
export interface SplitBundle {
  readonly outputFiles: readonly OutputFile[];
  readonly metafile: Metafile;
}

export interface CommonJsOptions {
  /** Absolute; the paths in metafiles count from it. */
  readonly repository: string;
  /** Where both bundles are, or would be: from `repository`. */
  readonly outputFolder: string;
  readonly minify: boolean;
}

interface Module {
  readonly text: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  readonly sources: Metafile['outputs'][string]['inputs'];
}

const entry = 'extension.js';

/**
 * Writes an extension that was split into ES modules as CommonJS: the entry with all that it imports statically as one
 * file, and a file for each chunk that is loaded later.
 *
 * esbuild splits ES modules only, into a chunk for each set of entries that share something. Of these, 25 were loaded on
 * activation, each looked up, read and linked by itself, and the editor's hooks make that slow for ES modules: as they
 * are, the extension takes half as much processor time again to start.
 */
export async function writeCommonJs(bundle: SplitBundle, options: CommonJsOptions): Promise<readonly Chunk[]> {
  const modules = modulesOf(bundle, options);
  const atOnce = staticImports(entry, modules);
  const later = [...modules.keys()].filter((name) => !atOnce.includes(name));
  const { metafile } = await build({
    absWorkingDir: options.repository,
    entryPoints: [entry, ...later].map((name) => ({ in: name, out: name.slice(0, -'.js'.length) })),
    outdir: options.outputFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    // An `import()`, even of CommonJS, would go through the loader of ES modules.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'urlOfThisFile' },
    banner: { js: "const urlOfThisFile = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [fromMemory(modules, atOnce)],
    minify: options.minify,
    sourcemap: !options.minify,
    metafile: true,
    logLevel: 'silent',
  });
  return Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith('.cjs'))
    .map(([file, { bytes }]) => {
      const name = path.relative(options.outputFolder, file).replace(/\.cjs$/, '.js');
      const onActivation = name === entry;
      return { file, bytes, onActivation, sources: sourcesOf(onActivation ? atOnce : [name], modules) };
    });
}

function modulesOf(
  { outputFiles, metafile }: SplitBundle,
  { repository, outputFolder }: CommonJsOptions,
): ReadonlyMap<string, Module> {
  const modules = new Map<string, Module>();
  const named = (file: string): string => path.relative(outputFolder, file);
  for (const { path: file, text } of outputFiles) {
    const output = metafile.outputs[path.relative(repository, file)];
    if (output !== undefined && file.endsWith('.js')) {
      const imports = output.imports.map((imported) => ({ ...imported, path: named(imported.path) }));
      modules.set(named(path.relative(repository, file)), { text, imports, sources: output.inputs });
    }
  }
  return modules;
}

/** A module and what is loaded with it, itself first. */
function staticImports(name: string, modules: ReadonlyMap<string, Module>): readonly string[] {
  const reached = new Set([name]);
  for (const each of reached) {
    for (const { path: imported, kind } of modules.get(each)?.imports ?? []) {
      if (kind === 'import-statement' && modules.has(imported)) {
        reached.add(imported);
      }
    }
  }
  return [...reached];
}

/** Serves the modules; those that the entry holds are to the others what the entry exports under their place in it. */
function fromMemory(modules: ReadonlyMap<string, Module>, atOnce: readonly string[]): Plugin {
  const held = 'held-by-the-entry';
  const own = 'own';
  return {
    name: 'modules-in-memory',
    setup(esbuild) {
      esbuild.onResolve({ filter: /\.js$/ }, ({ path: asked, importer, kind, namespace }) => {
        if (kind === 'entry-point') {
          return { path: asked, namespace: own };
        }
        const name = path.posix.join(path.posix.dirname(importer), asked);
        if (namespace !== own || !asked.startsWith('.') || !modules.has(name)) {
          return undefined;
        }
        const [inEntry, wantedInEntry] = [atOnce.includes(importer), atOnce.includes(name)];
        if (inEntry && wantedInEntry) {
          return { path: name, namespace: own };
        }
        if (wantedInEntry) {
          return { path: name, namespace: held };
        }
        const from = inEntry ? '.' : path.posix.dirname(importer);
        return { path: relativeTo(from, name.replace(/\.js$/, '.cjs')), external: true };
      });
      esbuild.onLoad({ filter: /^/, namespace: own }, ({ path: name }) => {
        const text = requireEditor(modules.get(name)?.text ?? '');
        return { contents: name === entry ? text + exportsOf(atOnce) : text, loader: 'js' };
      });
      esbuild.onLoad({ filter: /^/, namespace: held }, ({ path: name }) => ({
        contents: `module.exports = require('held-by-the-entry').${placeOf(name, atOnce)};`,
      }));
      esbuild.onResolve({ filter: /^held-by-the-entry$/ }, () => ({ path: '../extension.cjs', external: true }));
    },
  };
}

/**
 * `vscode` as it is. Of what is imported, esbuild makes a copy, because a module of its kind might have no default
 * export: some 350 names, for each file that imports it, which took a third of a start.
 */
function requireEditor(text: string): string {
  return text.replace(/^import \* as (\w+) from "vscode";$/gm, 'const $1 = require("vscode");');
}

function exportsOf(atOnce: readonly string[]): string {
  return atOnce
    .filter((name) => name !== entry)
    .map((name) => `\nexport * as ${placeOf(name, atOnce)} from './${name}';`)
    .join('');
}

function placeOf(name: string, atOnce: readonly string[]): string {
  return `held${atOnce.indexOf(name)}`;
}

function relativeTo(from: string, name: string): string {
  const relative = path.posix.relative(from, name);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/** Bytes of each source file, before minification. */
function sourcesOf(names: readonly string[], modules: ReadonlyMap<string, Module>): ReadonlyMap<string, number> {
  const sources = new Map<string, number>();
  for (const name of names) {
    for (const [source, { bytesInOutput }] of Object.entries(modules.get(name)?.sources ?? {})) {
      sources.set(source, (sources.get(source) ?? 0) + bytesInOutput);
    }
  }
  return sources;
}
