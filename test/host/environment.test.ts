import assert from 'node:assert/strict';
import * as vscode from 'vscode';

suite('The environment of these tests', () => {
  test('is a VS Code that we support', () => {
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.deepEqual({ major, recent: Number(minor) >= 105 }, { major: 1, recent: true });
  });

  test('is a copy of the examples', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folder?.uri.scheme, 'file');
  });
});
