import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DefinitionFile, linkRoutes } from '../../../src/core/files/link-routes.ts';
import { type FunctionSource, type Route, routeDefaults } from '../../../src/core/route.ts';
import { seedOf } from '../../seed.ts';

function route(id: string, image: string, source: FunctionSource): Route {
  const slash = id.indexOf('/');
  return {
    ...routeDefaults,
    id,
    app: id.slice(0, slash),
    path: id.slice(slash),
    image,
    config: {},
    headers: [],
    source,
  };
}

function file(uri: string, ...routes: readonly Route[]): DefinitionFile {
  return { uri, definitions: routes.map((one, index) => ({ route: one, range: { offset: index * 10, length: 5 } })) };
}

const built = file(
  'file:///w/hello/func.yaml',
  route('app/hello', 'me/hello:1', { folder: '/w/hello', runtime: 'node', cmd: ['func.js'] }),
);

describe('linkRoutes', () => {
  it('gives a route JSON the source of the function file that builds its image', () => {
    const json = file('file:///w/hot.route.json', route('app/hot', 'me/hello:1', { folder: '/w' }));
    assert.deepEqual(linkRoutes([json, built]), {
      routes: [
        { route: built.definitions[0]?.route, uri: built.uri, range: { offset: 0, length: 5 } },
        {
          route: route('app/hot', 'me/hello:1', { folder: '/w/hello', runtime: 'node', cmd: ['func.js'] }),
          uri: json.uri,
          range: { offset: 0, length: 5 },
        },
      ],
      problems: [],
    });
  });

  it('leaves a route JSON its own folder when no function file builds its image', () => {
    const json = file('file:///w/hot.route.json', route('app/hot', 'me/hello:2', { folder: '/w' }));
    const { routes } = linkRoutes([json, built]);
    assert.deepEqual(routes[1]?.route.source, { folder: '/w' });
  });

  it('takes an image without a tag for the one tagged latest', () => {
    const untagged = file('file:///w/a/func.json', route('app/a', 'reg:5000/a', { folder: '/w/a' }));
    const json = file('file:///w/hot.route.json', route('app/hot', 'reg:5000/a:latest', { folder: '/w' }));
    assert.deepEqual(linkRoutes([json, untagged]).routes[1]?.route.source, { folder: '/w/a' });
  });

  it('never gives a function file the source of another', () => {
    const twin = file('file:///w/twin/func.yaml', route('app/twin', 'me/hello:1', { folder: '/w/twin' }));
    assert.deepEqual(
      linkRoutes([twin, built]).routes.map((one) => one.route.source?.folder),
      ['/w/hello', '/w/twin'],
    );
  });

  it('keeps the first of two routes with one id and names its file to the other', () => {
    const second = file('file:///w/z/func.yaml', route('app/hello', 'other', { folder: '/w/z' }));
    const { routes, problems } = linkRoutes([second, built], (uri) => uri.slice('file:///w/'.length));
    assert.deepEqual(
      routes.map(({ uri }) => uri),
      [built.uri],
    );
    const message = 'Route "app/hello" is already defined in hello/func.yaml. This one is ignored.';
    assert.deepEqual(problems, [
      { uri: second.uri, problem: { severity: 'error', message, range: { offset: 0, length: 5 } } },
    ]);
  });

  it('names no file when both stand in the same one', () => {
    const twice = file(
      'file:///w/x.route.json',
      route('app/a', 'one', { folder: '/w' }),
      route('app/a', 'two', { folder: '/w' }),
    );
    const { routes, problems } = linkRoutes([twice]);
    assert.deepEqual(
      routes.map((one) => one.route.image),
      ['one'],
    );
    const message = 'Route "app/a" is already defined above. This one is ignored.';
    assert.deepEqual(problems, [
      { uri: twice.uri, problem: { severity: 'error', message, range: { offset: 10, length: 5 } } },
    ]);
  });

  it('gives the same whatever order the files come in, and no id twice', (test) => {
    const files = fc.uniqueArray(
      fc.record({
        uri: fc.constantFrom('a/func.yaml', 'b/func.json', 'c.route.json', 'd.route.json', 'e/func.yml'),
        ids: fc.array(fc.constantFrom('app/x', 'app/y', 'app/z'), { maxLength: 3 }),
        image: fc.constantFrom('one', 'one:latest', 'two'),
      }),
      { selector: ({ uri }) => uri },
    );
    fc.assert(
      fc.property(files, (chosen) => {
        const made = chosen.map(({ uri, ids, image }) =>
          file(uri, ...ids.map((id) => route(id, image, { folder: `/${uri}` }))),
        );
        const linked = linkRoutes(made);
        assert.deepEqual(linkRoutes(made.toReversed()), linked);
        const ids = linked.routes.map((one) => one.route.id);
        assert.deepEqual(ids, [...new Set(ids)]);
      }),
      { seed: seedOf(test) },
    );
  });
});
