import * as vscode from 'vscode';
import { functionFile, whatIsWrongWithName } from './function-file.ts';

/** The code comes from the example of a hot function, so that it is as short and as right as that. */
const exampleFolder = ['examples', 'hot-node'];
const copied: readonly string[] = ['func.js', 'package.json', 'Dockerfile'];

/** Asks for a name and writes a small hot function that runs in both engines. */
export async function createFunction(extensionUri: vscode.Uri): Promise<void> {
  const parent = await parentFolder();
  if (parent === undefined) {
    return;
  }
  const name = await vscode.window.showInputBox({
    title: 'Create Function',
    prompt: 'Name of the function and of its new folder',
    value: 'hello',
    validateInput: whatIsWrongWithName,
  });
  if (name === undefined) {
    return;
  }
  const folder = vscode.Uri.joinPath(parent, name);
  if (await exists(folder)) {
    await vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(folder)} exists already.`);
    return;
  }
  await vscode.workspace.fs.createDirectory(folder);
  for (const file of copied) {
    const from = vscode.Uri.joinPath(extensionUri, ...exampleFolder, file);
    await vscode.workspace.fs.copy(from, vscode.Uri.joinPath(folder, file), { overwrite: false });
  }
  const definition = vscode.Uri.joinPath(folder, 'func.yaml');
  await vscode.workspace.fs.writeFile(definition, new TextEncoder().encode(functionFile(name)));
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'func.js'), { preview: false });
  await vscode.window.showTextDocument(definition, { preview: false });
}

/** A function needs a workspace to be seen in: without one, opening a folder is the way forward. */
async function parentFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    await vscode.commands.executeCommand('workbench.action.files.openFolder');
    return undefined;
  }
  if (folders.length === 1) {
    return folders[0]?.uri;
  }
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Where to create the function' }))?.uri;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
