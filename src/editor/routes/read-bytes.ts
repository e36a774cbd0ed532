import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const readLocal = promisify(readFile);

/** What is on this machine is read without the editor's file system, which takes ten times as long for a small file. */
export async function readBytes(uri: vscode.Uri): Promise<Uint8Array> {
  return uri.scheme === 'file' ? readLocal(uri.fsPath) : vscode.workspace.fs.readFile(uri);
}

/** Whether there is no such file, by what `readBytes` has thrown. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'FileNotFound');
}
