import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, hotFunctions, open, remove, workspaceUri, write } from './hot-functions.ts';

async function lensesOf(uri: vscode.Uri): Promise<string[]> {
  await vscode.workspace.openTextDocument(uri);
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  const ours = lenses.flatMap(({ range, command }) =>
    command?.command.startsWith('hotFunctions.') === true ? [{ line: range.start.line, command }] : [],
  );
  const places = Map.groupBy(ours, ({ line, command }) => `${line}: ${command.arguments?.[1]}`);
  return [...places].map(([place, there]) => [place, ...there.map(({ command }) => command.title)].join(' '));
}

const both = '$(play) Invoke $(debug-alt) Debug';

suite('CodeLens', () => {
  suiteSetup(() => hotFunctions());
  teardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  suiteTeardown(() => remove('lens'));

  test('stands at the name of a func.yaml', async () => {
    assert.deepEqual(await lensesOf(workspaceUri('hot-node', 'func.yaml')), [`0: examples/hot-node ${both}`]);
  });

  test('stands at the path of a route JSON', async () => {
    const uri = workspaceUri('hotroute.json');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const line = text.split('\n').findIndex((content) => content.includes('"path"'));
    assert.deepEqual(await lensesOf(uri), [`${line}: myapp/hot ${both}`]);
  });

  test('stands at each route of a list', async () => {
    const uri = await write(
      ['lens', 'two.route.json'],
      `{"routes": [
  {"path": "/one", "image": "x/one", "format": "http"},
  {"path": "/two", "image": "x/two", "format": "http"}
]}`,
    );
    assert.deepEqual(await lensesOf(uri), [`1: examples/one ${both}`, `2: examples/two ${both}`]);
  });

  test('follows the text while it is edited', async () => {
    const editor = await open('hot-node', 'func.yaml');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# above\npath: /elsewhere\n'));
    assert.deepEqual(await lensesOf(editor.document.uri), [`2: examples/elsewhere ${both}`]);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('follows the app of its function when that is saved', async () => {
    const uri = await write(['lens', 'app', 'func.yaml'], 'name: inner\n');
    await lensesOf(uri);
    await write(['lens', 'app', 'app.yaml'], 'name: renamed\n');
    const lenses = await eventually(
      () => lensesOf(uri),
      ([first]) => first?.includes('renamed') === true,
    );
    assert.deepEqual(lenses, [`0: renamed/ ${both}`]);
  });

  for (const [name, path, text] of [
    ['a func.yaml of another system', ['lens', 'func.yaml'], 'specVersion: 0.36.0\nname: other\nruntime: node\n'],
    ['JSON of another kind', ['lens', 'package.json'], '{"name": "x", "path": "/x", "image": "y"}'],
    ['YAML of another name', ['lens', 'other.yaml'], 'name: x\nversion: 1.0.0\nformat: http\n'],
    ['an app.yaml', ['lens', 'app.yaml'], 'name: lens\n'],
    ['a function file of a dependency', ['lens', 'node_modules', 'dep', 'func.yaml'], 'name: dep\nformat: http\n'],
  ] as const) {
    test(`does not stand in ${name}`, async () => {
      assert.deepEqual(await lensesOf(await write(path, text)), []);
    });
  }
});
