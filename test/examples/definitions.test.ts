/** The definition files of the examples, as the extension reads them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { describe, it } from 'node:test';
import { linkRoutes } from '../../src/core/files/link-routes.ts';
import { parseAppFile } from '../../src/core/files/parse-app-file.ts';
import { parseFunctionFile } from '../../src/core/files/parse-function-file.ts';
import { parseRouteFile } from '../../src/core/files/parse-route-file.ts';

const examples = join(import.meta.dirname, '../../examples');
const read = (file: string) => readFileSync(join(examples, file), 'utf8');

describe('the definitions in examples/', () => {
  const app = parseAppFile(read('app.yaml'));
  assert.equal(app.kind, 'app');
  const context = (file: string) => ({
    app: { name: app.name ?? '', config: app.config },
    folder: join(examples, dirname(file)),
    folderBelowApp: dirname(file) === '.' ? '' : dirname(file).replaceAll(sep, '/'),
  });
  const parsed = [
    ...globSync('*/func.yaml', { cwd: examples }).map(
      (file) => [file, parseFunctionFile(read(file), context(file), 'yaml')] as const,
    ),
    ['hotroute.json', parseRouteFile(read('hotroute.json'), context('hotroute.json'))] as const,
  ];
  const files = parsed.map(([uri, file]) => ({ uri, ...(file.kind === 'functions' ? file : { definitions: [] }) }));
  const { routes, problems } = linkRoutes(files);

  it('have no problems', () => {
    const ofFiles = parsed.flatMap(([file, said]) =>
      said.kind === 'functions' ? said.problems.map(({ message }) => `${file}: ${message}`) : [`${file} is foreign`],
    );
    assert.deepEqual([...app.problems, ...ofFiles, ...problems], []);
  });

  it('are cold and hot ones in every language, and a second path to a hot one', () => {
    assert.deepEqual(routes.map(({ route }) => `${route.format} ${route.id}`).sort(), [
      'default examples/cold-go',
      'default examples/cold-node',
      'default examples/cold-shell',
      'default examples/hello/python',
      'http examples/hot-go',
      'http examples/hot-node',
      'http examples/hot-python',
      'http examples/hot-shell',
      'http myapp/hot',
    ]);
  });

  it('give the route in JSON the code of the function that builds its image', () => {
    const second = routes.find(({ route }) => route.id === 'myapp/hot');
    assert.deepEqual(second?.route.source, { folder: join(examples, 'hot-node'), runtime: 'node' });
  });
});
