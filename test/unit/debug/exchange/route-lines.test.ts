import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { routeLines } from '../../../../src/debug/exchange/route-lines.ts';

function at(text: string, word: string) {
  return { offset: text.indexOf(word), length: word.length };
}

describe('The lines of a route', () => {
  it('are all of a file that defines one only', () => {
    const text = '# greets\nname: hello\nformat: http\n';
    assert.deepEqual(routeLines(text, [{ id: 'app/hello', range: at(text, 'name') }]), [
      { routeId: 'app/hello', line: 2, firstLine: 1, lastLine: 4 },
    ]);
  });

  it('are those of its object in a list', () => {
    const text =
      '{\r\n"routes": [\r\n{\r\n"image": "a",\r\n"path": "/a"\r\n},\r\n{ "path": "/b",\r\n"image": "b" }\r\n]}';
    const definitions = [
      { id: 'app/a', range: at(text, '"path": "/a"') },
      { id: 'app/b', range: at(text, '"path": "/b"') },
    ];
    assert.deepEqual(routeLines(text, definitions), [
      { routeId: 'app/a', line: 5, firstLine: 3, lastLine: 6 },
      { routeId: 'app/b', line: 7, firstLine: 7, lastLine: 8 },
    ]);
  });

  it('are none of a file without routes', () => {
    assert.deepEqual(routeLines('{}', []), []);
  });
});
