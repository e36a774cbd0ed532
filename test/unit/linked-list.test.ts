import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LinkedList } from '../../src/core/linked-list.ts';

function listOf(...names: string[]) {
  const list = new LinkedList<{ readonly name: string }>();
  const places = names.map((name) => list.add({ name }));
  return { list, places, names: () => [...list].map(({ name }) => name) };
}

describe('a list of what comes and goes', () => {
  it('has its values in order of coming', () => {
    assert.deepEqual([listOf().names(), listOf('a', 'b', 'c').names()], [[], ['a', 'b', 'c']]);
  });

  for (const [what, at, left] of [
    ['the first', 0, ['b', 'c', 'd']],
    ['one in the middle', 1, ['a', 'c', 'd']],
    ['the last', 2, ['a', 'b', 'd']],
  ] as const) {
    it(`loses ${what} once, when it is taken out twice`, () => {
      const { list, places, names } = listOf('a', 'b', 'c');
      places[at]?.dispose();
      list.add({ name: 'd' });
      places[at]?.dispose();
      assert.deepEqual(names(), left);
    });
  }

  it('gives the place of each value, to take it out by', () => {
    const { list, names } = listOf('a', 'b', 'c');
    for (const { value, place } of [...list.entries()]) {
      if (value.name !== 'b') {
        place.dispose();
      }
    }
    assert.deepEqual(names(), ['b']);
  });
});
