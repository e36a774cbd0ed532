/** The definition files of the examples, as the extension reads them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readExamples } from './read-examples.ts';

const examples = join(import.meta.dirname, '../../examples');

describe('the definitions in examples/', () => {
  const { routes, problems } = readExamples();

  it('have no problems', () => assert.deepEqual(problems, []));

  it('are cold and hot ones in every language, and a second path to a hot one', () => {
    assert.deepEqual(routes.map(({ format, id }) => `${format} ${id}`).sort(), [
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
    const second = routes.find(({ id }) => id === 'myapp/hot');
    assert.deepEqual(second?.source, { folder: join(examples, 'hot-node'), runtime: 'node' });
  });
});
