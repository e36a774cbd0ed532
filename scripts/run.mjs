#!/usr/bin/env node
// @ts-check
// `node scripts/run.mjs test unit` runs scripts/test.ts with the arguments ["unit"] on a machine that has no more than
// Node 20 and npm: it installs the dependencies and the pinned Node first, then hands over to that Node, which runs
// TypeScript as it is.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNodes, nodeBinary } from './setup/nodes.mjs';

const [task, ...taskArguments] = process.argv.slice(2);
if (task === undefined) {
  console.error('Usage: node scripts/run.mjs <task> [arguments]; a task is a file of scripts/ without its .ts');
  process.exit(2);
}

try {
  ensureDependencies();
  await ensureNodes();
} catch (error) {
  // npm has said what it could not do.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const node = nodeBinary('24');
const child = spawn(node, [fileURLToPath(new URL(`${task}.ts`, import.meta.url)), ...taskArguments], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH']}` },
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // The task cleans up and ends; this process only has to outlive it and to pass on what a terminal did not.
  process.on(signal, () => child.kill(signal));
}
// The shell between npm and this process passes no signal on: it just goes.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1_000).unref();
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
