import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { allowedHotFunctions, open, remove, routeIds, slowMs, workspaceUri, write } from './hot-functions.ts';

const twoRoutes = `{"routes": [
  {"path": "/first", "image": "x/first", "format": "http"},
  {"path": "/second", "image": "x/second", "format": "http"}
]}`;

/** What a launch configuration becomes; undefined where it is refused. Nothing is started. */
async function resolved(configuration: object): Promise<object | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  let result: vscode.DebugConfiguration | undefined;
  // Asked after ours, and ends it there.
  const last = vscode.debug.registerDebugConfigurationProvider('hot-function', {
    resolveDebugConfigurationWithSubstitutedVariables: (_folder, given) => {
      result = given;
      return undefined;
    },
  });
  try {
    const complete = { type: 'hot-function', request: 'launch', name: 'test', ...configuration };
    // Unsaved text stays unsaved.
    const started = await vscode.debug.startDebugging(folder, complete, { suppressSaveBeforeStart: true });
    assert.equal(started, false);
  } finally {
    last.dispose();
  }
  if (result === undefined) {
    return undefined;
  }
  const { type: _type, request: _request, definedIn, ...rest } = result;
  return { definedIn: vscode.workspace.asRelativePath(vscode.Uri.parse(String(definedIn))), ...rest };
}

suite('Launch configurations', function () {
  this.timeout(slowMs);
  const call = { body: 'Johnny' };
  const hotNode = { name: 'test', route: 'examples/hot-node', definedIn: 'hot-node/func.yaml', call };

  suiteSetup(async () => {
    const hot = await allowedHotFunctions();
    await write(['two', 'two.route.json'], twoRoutes);
    await routeIds(hot, (ids) => ids.includes('examples/second'));
  });
  suiteTeardown(() => remove('two'));
  teardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('name their route by its id, its path, its file or a file of its function', async () => {
    const routes = ['examples/hot-node', '/hot-node', 'hot-node/func.yaml', workspaceUri('hot-node', 'func.js').fsPath];
    for (const route of routes) {
      assert.deepEqual(await resolved({ route, call }), hotNode, route);
    }
  });

  test('may mean the open file', async () => {
    await open('hot-node', 'func.js');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of launch.json
    assert.deepEqual(await resolved({ route: '${file}', call }), hotNode);
  });

  test('without a route mean the one at the cursor', async () => {
    const editor = await open('two', 'two.route.json');
    const names: unknown[] = [];
    for (const line of [1, 2]) {
      editor.selection = new vscode.Selection(line, 0, line, 0);
      const configuration = await resolved({ name: '', call });
      names.push(configuration && 'route' in configuration && configuration.route);
    }
    assert.deepEqual(names, ['examples/first', 'examples/second']);
  });

  test('take the definition as it stands in its editor', async () => {
    const editor = await open('hot-node', 'func.yaml');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'path: /elsewhere\n'));
    const configuration = await resolved({ name: '', call });
    assert.deepEqual(configuration, { ...hotNode, name: 'examples/elsewhere', route: 'examples/elsewhere' });
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('keep what they say of the call, the paths and the environment', async () => {
    const attributes = {
      call: { method: 'PUT', query: 'a=1', headers: { Accept: ['x', 'y'] }, body: '' },
      language: 'python',
      remoteRoot: '/there',
      hot: false,
      stopOnEntry: true,
      env: { DEBUG: '1' },
    };
    assert.deepEqual(await resolved({ route: '/hot-node', ...attributes }), { ...hotNode, ...attributes });
  });

  for (const [what, configuration] of [
    ['a route that is none', { route: 'examples/nothing' }],
    ['an attribute of the wrong kind', { route: '/hot-node', hot: 'yes' }],
  ] as const) {
    test(`with ${what} are refused`, async () => {
      assert.equal(await resolved(configuration), undefined);
      const found = await vscode.workspace.findFiles('.vscode/launch.json');
      assert.deepEqual(found, [], 'a launch.json was made for a configuration that is in none');
    });
  }
});
