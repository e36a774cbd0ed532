import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RouteCandidate, routesMeant, routesOfCode } from '../../../../src/debug/configuration/routes-meant.ts';

function defined(id: string, file: string, folder?: string): RouteCandidate {
  const path = id.slice(id.indexOf('/'));
  return { route: { id, path, ...(folder === undefined ? {} : { source: { folder } }) }, uri: { fsPath: file } };
}

const hello = defined('shop/hello', '/projects/hello/func.yaml', '/projects/hello');
const inner = defined('shop/hello/inner', '/projects/hello/inner/func.yaml', '/projects/hello/inner');
const elsewhere = defined('other/hello', '/projects/other/func.yaml', '/projects/other');
const imageOnly = defined('shop/image', '/projects/all.route.json');
const alsoImage = defined('shop/second', '/projects/all.route.json');
const routes = [hello, inner, elsewhere, imageOnly, alsoImage];

function meant(text: string, baseFolder: string | undefined = '/projects'): readonly string[] {
  return routesMeant(routes, text, baseFolder).map(({ route }) => route.id);
}

describe('the routes that a text means', () => {
  it('are the one with that id', () => {
    assert.deepEqual(meant('shop/hello'), ['shop/hello']);
  });

  it('are all with that path', () => {
    assert.deepEqual(meant('/hello'), ['shop/hello', 'other/hello']);
  });

  it('are those that a file defines', () => {
    assert.deepEqual(meant('/projects/all.route.json'), ['shop/image', 'shop/second']);
  });

  it('are those whose code a file is part of, in the innermost folder', () => {
    assert.deepEqual(
      [
        '/projects/hello/src/func.js',
        '/projects/hello/inner/func.js',
        '/projects/hello',
        '/projects/hello-2/func.js',
      ].map((text) => meant(text)),
      [['shop/hello'], ['shop/hello/inner'], ['shop/hello'], []],
    );
  });

  it('are those defined beside the code before those that give its image another path', () => {
    const alias = defined('shop/alias', '/projects/hotroute.json', '/projects/hello');
    assert.deepEqual(
      [[hello, alias], [alias]].map((candidates) =>
        routesMeant(candidates, '/projects/hello/func.js', '/projects').map(({ route }) => route.id),
      ),
      [['shop/hello'], ['shop/alias']],
    );
  });

  it('are found by a file below the base folder', () => {
    assert.deepEqual(
      ['hello/func.js', './hello/func.yaml', 'hello/..'].map((text) => meant(text)),
      [['shop/hello'], ['shop/hello'], []],
    );
  });

  it('are none without a base folder for a relative file', () => {
    assert.deepEqual(routesMeant(routes, 'hello/func.js', undefined), []);
  });

  it('are none of a folder that no route has its code in', () => {
    assert.deepEqual(routesOfCode(routes, '/elsewhere/func.js'), []);
  });
});
