import { linkRoutes } from '../../src/core/files/link-routes.ts';
import { parseFunctionFile } from '../../src/core/files/parse-function-file.ts';
import { figureOf } from '../figure.ts';
import { sampleOf } from '../statistics.ts';
import type { Subject } from '../subject.ts';

const lines = 5000;
const context = { app: { name: 'bench', config: {} }, folder: '/bench', folderBelowApp: '' };

/**
 * What is done on the extension host's thread when the typing in a large func.json pauses: the text is parsed and
 * judged. Each time it is another text, as after a keystroke.
 */
export const diagnostics: Subject = {
  name: 'diagnostics',
  guarded: true,
  measure: async (stage) => {
    const times: number[] = [];
    for (let keystroke = 0; keystroke < (stage.quick ? 40 : 200); keystroke += 1) {
      const text = definition(keystroke);
      const since = performance.now();
      const file = parseFunctionFile(text, context, 'json');
      if (file.kind !== 'functions') {
        throw new Error('The text is not taken for a definition.');
      }
      const { problems } = linkRoutes([{ uri: 'file:///bench/func.json', definitions: file.definitions }]);
      times.push(performance.now() - since);
      if (file.problems.length + problems.length === 0) {
        throw new Error('No mistake is found.');
      }
    }
    const spread = { value: sampleOf(times) };
    const measured = {
      id: `diagnostics of a func.json of ${lines} lines`,
      unit: 'ms',
      value: spread.value.p50,
      spread,
    } as const;
    return [figureOf(measured, { bound: 'at most', mustReach: 20 })];
  },
};

/** A line in fifty has a mistake in it. */
function definition(keystroke: number): string {
  const config = Array.from(
    { length: lines - 60 },
    (_, at) => `    "key-${at}": "value ${at === 17 ? keystroke : at}"`,
  );
  const mistakes = Array.from({ length: 50 }, (_, at) => `  "timeuot${at}": ${at},`);
  const head = [
    '{',
    '  "name": "bench/large",',
    '  "version": "1.0.0",',
    '  "runtime": "node",',
    '  "format": "http",',
  ];
  return [...head, ...mistakes, '  "config": {', config.join(',\n'), '  }', '}'].join('\n');
}
