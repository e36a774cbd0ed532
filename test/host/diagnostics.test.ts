import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, hotFunctions, open, remove, workspaceUri, write } from './hot-functions.ts';

async function problemsOf(uri: vscode.Uri, wanted: (problems: readonly string[]) => boolean) {
  return eventually(
    () =>
      vscode.languages
        .getDiagnostics(uri)
        .filter(({ source }) => source === 'Hot Functions')
        .map(({ range, message }) => `${range.start.line}:${range.start.character} ${message}`),
    wanted,
  );
}

suite('Problems', () => {
  suiteSetup(() => hotFunctions());

  test('of an edited file show where they are, and go when the edit is taken back', async () => {
    const { document } = await open('hot-node', 'func.yaml');
    const edit = new vscode.WorkspaceEdit();
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => text.startsWith('timeout:'));
    edit.replace(document.uri, document.lineAt(line).range, 'timeout: -1');
    await vscode.workspace.applyEdit(edit);
    const found = await problemsOf(document.uri, (problems) => problems.length > 0);
    assert.deepEqual(found.length, 1);
    assert.match(found[0] ?? '', new RegExp(`^${line}:9 .*timeout`));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    assert.deepEqual(await problemsOf(document.uri, (problems) => problems.length === 0), []);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('of a saved file that nobody has opened show too, and go with the file', async () => {
    const uri = await write(['broken', 'func.yaml'], 'name: broken\nmemory: lots\n');
    const found = await problemsOf(uri, (problems) => problems.length > 0);
    assert.match(found.join('\n'), /^1:8 .*memory/);
    await remove('broken');
    assert.deepEqual(await problemsOf(uri, (problems) => problems.length === 0), []);
  });

  test('are none in the examples', () => {
    const all = vscode.languages
      .getDiagnostics()
      // Others look at open code as well.
      .flatMap(([uri, found]) =>
        found.filter(({ source }) => source === 'Hot Functions').map(({ message }) => `${uri} ${message}`),
      );
    assert.deepEqual(
      all.filter((text) => text.includes(workspaceUri().path)),
      [],
    );
  });
});
