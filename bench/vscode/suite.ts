/** Runs one task inside the extension host: VS Code imports it as extension tests and calls `run`. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { quantile } from '../statistics.ts';
import {
  type Activation,
  emptyExtensions,
  type HeapGrowth,
  RESULT_VARIABLE,
  TASK_VARIABLE,
  type Task,
} from './tasks.ts';

/** Of 50 ms each, one after the other, in which nothing else happened. */
const calmTurns = 30;

export async function run(): Promise<void> {
  const task: Task = JSON.parse(process.env[TASK_VARIABLE] ?? '');
  const result = task.kind === 'activation' ? await activation() : await heap(task);
  writeFileSync(process.env[RESULT_VARIABLE] ?? '', JSON.stringify(result));
}

async function activation(): Promise<Activation> {
  await calm();
  // Whatever only the first extension of its kind costs.
  await extension('warm-up').activate();
  const empty: number[] = [];
  for (const name of emptyExtensions) {
    const emptySince = performance.now();
    await extension(name).activate();
    empty.push(performance.now() - emptySince);
  }
  const since = performance.now();
  const hot = await extension('hot-functions').activate();
  const oursMs = performance.now() - since;
  await hot.routes();
  return { oursMs, emptyMs: quantile(empty, 0.5), listedMs: performance.now() - since };
}

/** Settles when the window has opened and this thread has had nothing to do for a while. */
async function calm(): Promise<void> {
  for (let quiet = 0; quiet < calmTurns; ) {
    const since = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    quiet = performance.now() - since < 60 ? quiet + 1 : 0;
  }
}

async function heap({ routeId, calls }: Extract<Task, { kind: 'heap' }>): Promise<HeapGrowth> {
  const hot = await extension('hot-functions').activate();
  await vscode.commands.executeCommand('hotFunctions.allowHostRun');
  const body = Buffer.alloc(100, 'x');
  const call = async (times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn += 1) {
      const { status, body: answer, error } = await hot.invoke(routeId, { body });
      const { bytes } = await answer.collect(1024);
      if (status !== 200 || bytes.length !== body.length) {
        throw new Error(`A call gave ${status}`, { cause: error });
      }
    }
  };
  // Code and caches that any use brings.
  await call(2000);
  const before = await heapUsed();
  await call(calls);
  return { grownBytes: (await heapUsed()) - before };
}

async function heapUsed(): Promise<number> {
  // What is on its way to the window, the log's text for example, has gone.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
  }
  return process.memoryUsage().heapUsed;
}

function extension(name: string): vscode.Extension<HotFunctionsApi> {
  const found = vscode.extensions.getExtension<HotFunctionsApi>(`hot-functions.${name}`);
  if (found === undefined || found.isActive) {
    throw new Error(`The extension ${name} ${found === undefined ? 'is not there' : 'is active already'}.`);
  }
  return found;
}
