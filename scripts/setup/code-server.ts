import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from '../processes.ts';
import { ensureDebianPackages } from './debian-packages.ts';
import { npm } from './dependencies.mjs';
import { nodeHome } from './nodes.mjs';
import { ensureFolder } from './prepared-folder.mjs';

/** code-server 4.139.1 is VS Code 1.139.1: server, workbench and extension host. */
const VERSION = '4.139.1';
/** Raise it when the steps below change, so that what an older checkout has made is made anew. */
const RECIPE = 1;
/** Dependencies and extensions of a chat assistant and of diagrams that no run of ours loads: half of the download. */
const UNWANTED = {
  dependencies: ['@github/copilot-sdk', '@microsoft/mxc-sdk'],
  extensions: ['copilot', 'mermaid-markdown-features', 'microsoft-authentication'],
};

const directory = fileURLToPath(new URL('../../.vscode-test/code-server', import.meta.url));

/** The script by which the pinned Node 24 runs code-server. */
export const codeServerEntry = path.join(directory, 'node_modules/code-server/out/node/entry.js');

/** Installs code-server from the npm registry into `.vscode-test/code-server` unless it is there. */
export async function ensureCodeServer(): Promise<void> {
  const version = JSON.stringify({ VERSION, RECIPE, platform: process.platform, arch: process.arch });
  await ensureFolder(directory, version, async (staging) => {
    await ensureDebianPackages('nodeGyp');
    console.log(`Installing code-server ${VERSION} (VS Code) from the npm registry …`);
    writeFileSync(path.join(staging, 'package.json'), '{ "private": true }\n');
    npm(['install', `code-server@${VERSION}`], staging);
    await installWorkbench(path.join(staging, 'node_modules/code-server/lib/vscode'));
  });
}

/** What code-server's own install script would do, without the parts that are not wanted. */
async function installWorkbench(workbench: string): Promise<void> {
  const manifestFile = path.join(workbench, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  for (const name of UNWANTED.dependencies) {
    delete manifest.dependencies[name];
  }
  writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
  for (const name of UNWANTED.extensions) {
    rmSync(path.join(workbench, 'extensions', name), { recursive: true, force: true });
  }
  // Not `npm ci`: the shrinkwrap that is shipped does not agree with the manifest.
  npm(['install', '--omit=dev'], workbench);
  npm(['install', '--omit=dev'], path.join(workbench, 'extensions'));
  // Output channels are written by spdlog: without it they stay empty. The Node package brings the headers.
  const native = ['@vscode/spdlog', '@vscode/native-watchdog'];
  await run('npm', ['rebuild', '--loglevel=error', ...native], {
    cwd: workbench,
    env: { ...process.env, npm_config_nodedir: nodeHome('24'), JOBS: 'max' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const file of ['spdlog/build/Release/spdlog.node', 'native-watchdog/build/Release/watchdog.node']) {
    if (!existsSync(path.join(workbench, 'node_modules/@vscode', file))) {
      throw new Error(`npm has not built ${file}`);
    }
  }
}
