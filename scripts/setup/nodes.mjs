// @ts-check
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { npm } from './dependencies.mjs';
import { ensureFolder } from './prepared-folder.mjs';

/**
 * Node 24 is the one of today's VS Code and runs our scripts; Node 22 is the one of the oldest VS Code that we support.
 * Both come from the npm registry, where a package per platform carries the binary and its headers.
 */
const VERSIONS = { 22: '22.23.3', 24: '24.21.0' };

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const directory = fileURLToPath(new URL('../../.vscode-test/node', import.meta.url));

/** Installs the pinned Nodes into `.vscode-test/node` unless they are there. */
export async function ensureNodes() {
  await ensureFolder(directory, JSON.stringify({ ...VERSIONS, platform }), (staging) => {
    console.log(`Installing Node ${VERSIONS[24]} and ${VERSIONS[22]} from the npm registry …`);
    writeFileSync(path.join(staging, 'package.json'), '{ "private": true }\n');
    const packages = Object.entries(VERSIONS).map(([major, version]) => `node${major}@npm:node-${platform}@${version}`);
    npm(['install', ...packages], staging);
  });
}

/**
 * @param {'22' | '24'} major
 * @returns {string} the path of that Node's executable
 */
export function nodeBinary(major) {
  return path.join(nodeHome(major), process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
}

/**
 * @param {'22' | '24'} major
 * @returns {string} the folder of that Node: `bin/`, and `include/` with the headers that node-gyp needs
 */
export function nodeHome(major) {
  return path.join(directory, 'node_modules', `node${major}`);
}
