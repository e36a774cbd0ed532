import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const lineLimit = 1024 * 1024;

/** The JSON values of a stream that has one on each line. Throws what the stream fails with. */
export async function* jsonLines(source: Readable): AsyncGenerator<unknown, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of source) {
    rest += decoder.write(chunk as Buffer);
    let from = 0;
    for (let end = rest.indexOf('\n', from); end !== -1; end = rest.indexOf('\n', from)) {
      yield* parsed(rest.slice(from, end));
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > lineLimit) {
      throw new Error('the engine sent a line without end');
    }
  }
  yield* parsed(rest + decoder.end());
}

function* parsed(line: string): Generator<unknown, void> {
  if (line.trim() !== '') {
    yield JSON.parse(line);
  }
}
