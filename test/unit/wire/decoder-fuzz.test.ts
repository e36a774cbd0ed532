/**
 * The decoder on streams that nobody wrote by hand. The oracle is the parser inside Node itself, taken from where
 * `node:http` takes it.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { ResponseDecoder, type ResponseSink } from '../../../src/core/wire/response-decoder.ts';
import { UsualHeads } from '../../../src/core/wire/usual-head.ts';
import { proofSize } from '../../proof-size.ts';
import { seedOf } from '../../seed.ts';

const numRuns = proofSize({ quick: 50_000, full: 1_000_000 });

interface Message {
  status: number;
  headers: string[];
  body: string;
  complete: boolean;
}

interface NodeParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: unknown;
}

interface NodeParserClass {
  new (): NodeParser;
  readonly RESPONSE: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser } = createRequire(import.meta.url)('node:_http_common') as { readonly HTTPParser: NodeParserClass };

function readByNode(bytes: Buffer): readonly Message[] {
  const messages: Message[] = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {});
  parser[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    _minor: number,
    headers: readonly string[],
    _method: unknown,
    _url: unknown,
    status: number,
  ): number => {
    messages.push({ status, headers: headers.map((text) => text), body: '', complete: false });
    return 0;
  };
  parser[HTTPParser.kOnBody] = (chunk: Buffer): void => {
    const message = messages.at(-1);
    assert.ok(message !== undefined);
    message.body += chunk.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = (): void => {
    const message = messages.at(-1);
    assert.ok(message !== undefined);
    message.complete = true;
  };
  const taken = parser.execute(bytes);
  assert.equal(taken, bytes.length, `Node's parser refused ${JSON.stringify(bytes.toString('latin1'))}: ${taken}`);
  return messages;
}

/** One decoder after the other, each from where the last one stopped and with its heads, as a hot container does it. */
function readByUs(pieces: readonly Buffer[]): { readonly messages: readonly Message[]; readonly error?: string } {
  const messages: Message[] = [];
  const heads = new UsualHeads();
  let decoder = newDecoder(messages, heads);
  try {
    for (const piece of pieces) {
      let at = 0;
      while (at < piece.length) {
        at += decoder.write(piece.subarray(at));
        if (decoder.progress().kind === 'complete') {
          decoder = newDecoder(messages, heads);
        }
      }
    }
  } catch (error) {
    assert.ok(error instanceof HotFunctionsError, String(error));
    return { messages, error: `${error.code} at ${error.offset}` };
  }
  return { messages };
}

function newDecoder(messages: Message[], heads: UsualHeads): ResponseDecoder {
  let current: Message | undefined;
  const sink: ResponseSink = {
    interim: () => {},
    head: ({ status, headers }) => {
      // Node hands header bytes over one by one as Latin-1.
      const latin1 = headers.flat().map((text) => Buffer.from(text, 'utf8').toString('latin1'));
      current = { status, headers: latin1, body: '', complete: false };
      messages.push(current);
    },
    body: (chunk) => {
      if (current !== undefined) {
        current.body += Buffer.from(chunk).toString('latin1');
      }
    },
    complete: () => {
      if (current !== undefined) {
        current.complete = true;
      }
    },
  };
  return new ResponseDecoder(sink, heads);
}

const line = fc.constantFrom(
  'X-A: 1',
  'x-b:  two words ',
  'Empty:',
  'Set-Cookie: a=b; Path=/',
  'X-Utf: é漢',
  'Date: now',
);
const body = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes));
const status = fc.constantFrom(200, 201, 302, 404, 418, 500, 599);

const withLength = fc
  .tuple(status, fc.array(line, { maxLength: 4 }), body)
  .map(([code, lines, bytes]) =>
    Buffer.concat([
      Buffer.from([`HTTP/1.1 ${code} Some Words`, ...lines, `Content-Length: ${bytes.length}`, '', ''].join('\r\n')),
      bytes,
    ]),
  );
const inChunks = fc
  .tuple(status, fc.array(line, { maxLength: 3 }), fc.array(body, { maxLength: 4 }))
  .map(([code, lines, chunks]) =>
    Buffer.concat([
      Buffer.from([`HTTP/1.1 ${code} X`, 'Transfer-Encoding: chunked', ...lines, '', ''].join('\r\n')),
      ...chunks
        .filter(({ length }) => length > 0)
        .flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
      Buffer.from('0\r\n\r\n'),
    ]),
  );
const withoutBody = fc.constantFrom(204, 304).map((code) => Buffer.from(`HTTP/1.1 ${code} X\r\nX-A: 1\r\n\r\n`));
const stream = fc
  .array(fc.oneof({ weight: 3, arbitrary: withLength }, { weight: 3, arbitrary: inChunks }, withoutBody), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((messages) => fc.array(fc.constantFrom(...messages), { maxLength: 2 }).map((again) => [...messages, ...again]))
  .map((messages) => Buffer.concat(messages));
const cuts = fc.array(fc.nat(400), { maxLength: 8 });

function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const edges = [0, ...at.map((edge) => edge % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

type Mutation = { readonly at: number; readonly byte: number; readonly kind: 'change' | 'insert' | 'delete' | 'end' };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(400),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 32, 48, 57, 58)),
  kind: fc.constantFrom('change', 'insert', 'delete', 'end'),
});

function mutated(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce((before, { at, byte, kind }) => {
    const place = at % (before.length + 1);
    switch (kind) {
      case 'change':
        return Buffer.concat([before.subarray(0, place), Buffer.of(byte), before.subarray(place + 1)]);
      case 'insert':
        return Buffer.concat([before.subarray(0, place), Buffer.of(byte), before.subarray(place)]);
      case 'delete':
        return Buffer.concat([before.subarray(0, place), before.subarray(place + 1)]);
      case 'end':
        return before.subarray(0, place);
      default:
        return kind satisfies never;
    }
  }, bytes);
}

describe(`${numRuns} streams at random`, () => {
  it("that are valid give the messages and the boundaries that Node's parser finds", (test) => {
    fc.assert(
      fc.property(stream, cuts, (bytes, at) => {
        assert.deepEqual(readByUs(cut(bytes, at)), { messages: readByNode(bytes) });
      }),
      { numRuns, seed: seedOf(test) },
    );
  });

  it('that are spoiled give a typed error or an unfinished message, the same however they are cut', (test) => {
    fc.assert(
      fc.property(stream, fc.array(mutation, { minLength: 1, maxLength: 4 }), cuts, (bytes, mutations, at) => {
        const spoiled = mutated(bytes, mutations);
        assert.deepEqual(readByUs(cut(spoiled, at)), readByUs([spoiled]));
      }),
      { numRuns, seed: seedOf(test) },
    );
  });
});
