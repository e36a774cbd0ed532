import assert from 'node:assert/strict';
import process from 'node:process';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import type { Event } from '../../src/core/event.ts';
import { ENGINE_VARIABLE } from '../environment.ts';

/** A build of an image is part of some first calls. */
export const slowMs = 120_000;

export function engineUnderTest(): string {
  return process.env[ENGINE_VARIABLE] ?? 'process';
}

/** For what a container makes no difference to: tested once, where it is quick. */
export function testOnProcesses(title: string, run: () => Promise<void>): void {
  if (engineUnderTest() === 'process') {
    test(title, run);
  }
}

/** The extension as other extensions get at it. */
export async function hotFunctions(): Promise<HotFunctionsApi> {
  const extension = vscode.extensions.getExtension<HotFunctionsApi>('hot-functions.hot-functions');
  assert.ok(extension, 'the extension is not installed');
  return extension.activate();
}

/** The same, allowed to run functions on this machine where there are no containers. */
export async function allowedHotFunctions(): Promise<HotFunctionsApi> {
  const hot = await hotFunctions();
  await vscode.commands.executeCommand('hotFunctions.allowHostRun');
  return hot;
}

export function workspaceUri(...path: readonly string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, ...path);
}

export async function open(...path: readonly string[]): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(workspaceUri(...path), { preview: false });
}

export async function write(path: readonly string[], text: string): Promise<vscode.Uri> {
  const uri = workspaceUri(...path);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

export async function remove(...path: readonly string[]): Promise<void> {
  await vscode.workspace.fs.delete(workspaceUri(...path), { recursive: true });
}

/** Settles with the first event that matches. */
export function once<T>(event: Event<T> | vscode.Event<T>, matches: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const subscription = event((value) => {
      if (matches(value)) {
        subscription.dispose();
        resolve(value);
      }
    });
  });
}

/** For what no event tells of: asks until the answer is the one wanted, or gives the last one. */
export async function eventually<T>(ask: () => T | Thenable<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await ask();
    if (wanted(value) || Date.now() > deadline) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the workspace has the route as described, or gives up with what there is. */
export async function routeIds(hot: HotFunctionsApi, wanted: (ids: readonly string[]) => boolean) {
  return eventually(async () => (await hot.routes()).map(({ id }) => id), wanted);
}

export async function bodyOf(result: { readonly body: { collect(maxBytes: number): Promise<{ bytes: Uint8Array }> } }) {
  return Buffer.from((await result.body.collect(1024 * 1024)).bytes).toString('utf8');
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
