import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled } from '../../fakes/fake-clock.ts';
import { routeWith } from '../../route-with.ts';
import { AdapterBed, routeFile } from './adapter-bed.ts';

const hot = routeWith({ format: 'http', timeoutMs: 1000 });
const call = { body: 'Johnny', headers: { 'X-Greeting': 'Hi' } };
const pausedBefore = 'Paused before the request is written';
const pausedAfter = 'Paused after the request is written';
const unknown = 'console: The language of myapp/hot is not known, so its code runs without a debugger. Set "language".';
const pausedRead = 'Paused after the response is read';

async function resume(editor: AdapterBed, command: string): Promise<readonly string[]> {
  editor.heard();
  await editor.ask(command, { threadId: 1 });
  await settled();
  return editor.heard();
}

describe('A breakpoint on a route', () => {
  it('is verified on any line of its route, and moved to the first', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    const of = async (path: string) =>
      (await editor.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 5 }, { line: 50 }] }))[
        'breakpoints'
      ];
    assert.deepEqual(JSON.parse(JSON.stringify([await of(routeFile), await of('/home/me/func.js')])), [
      [
        { verified: true, line: 2 },
        { verified: false, line: 50 },
      ],
      [
        { verified: false, line: 5 },
        { verified: false, line: 50 },
      ],
    ]);
  });

  it('stops before the write, after it and after the response', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { breakpoint: true });
    const heard: unknown[] = [editor.heard().slice(1), editor.bed.engine.at(0).received];
    heard.push(await resume(editor, 'continue'), editor.bed.engine.at(0).taskIds);
    editor.bed.engine.at(0).answer('Hello');
    await settled();
    heard.push(editor.heard());
    heard.push(await resume(editor, 'continue'));
    heard.push(editor.heard());
    heard.push(await resume(editor, 'continue'));
    assert.deepEqual(heard, [
      ['thread started', unknown, 'launch succeeded', `stopped: breakpoint, ${pausedBefore}`],
      '',
      ['continued', `stopped: breakpoint, ${pausedAfter}`],
      ['c1'],
      [],
      ['continued', 'stdout: 200 OK', `stopped: breakpoint, ${pausedRead}`],
      [],
      ['continued', 'thread exited'],
    ]);
  });

  it('reads nothing of the answer while it is stopped after the write', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { breakpoint: true });
    await resume(editor, 'next');
    editor.bed.engine.at(0).answer('Hello');
    await settled();
    const directions = editor.bed.wire.flatMap((event) => (event.kind === 'bytes' ? [event.direction] : []));
    assert.deepEqual(directions, ['stdin']);
  });

  it('that is taken away lets the call run through', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { breakpoint: true });
    await editor.ask('setBreakpoints', { source: { path: routeFile }, breakpoints: [] });
    const heard = [...(await resume(editor, 'continue'))];
    editor.bed.engine.at(0).answer('Hello');
    await settled();
    assert.deepEqual([...heard, ...editor.heard()], ['continued', 'stdout: 200 OK', 'thread exited']);
  });
});

describe('Stop on entry', () => {
  it('stops before the write, steps from stop to stop, and lets the call go', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const heard = [editor.heard().at(-1), (await resume(editor, 'next')).at(-1)];
    editor.bed.engine.at(0).answer('Hello');
    heard.push((await resume(editor, 'stepIn')).at(-1));
    heard.push((await resume(editor, 'stepOut')).at(-1));
    assert.deepEqual(heard, [
      `stopped: entry, ${pausedBefore}`,
      `stopped: step, ${pausedAfter}`,
      `stopped: step, ${pausedRead}`,
      'thread exited',
    ]);
  });

  it('runs to the end with continue', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const heard = [...(await resume(editor, 'continue'))];
    editor.bed.engine.at(0).answer('Hello');
    await settled();
    assert.deepEqual([...heard, ...editor.heard()], ['continued', 'stdout: 200 OK', 'thread exited']);
  });

  it('costs the call nothing of its time', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    await editor.bed.clock.pass(60_000);
    await resume(editor, 'continue');
    await editor.bed.clock.pass(900);
    const before = editor.heard();
    await editor.bed.clock.pass(200);
    assert.deepEqual([before, editor.heard().slice(0, 1)], [[], ['stderr: 504 Gateway Timeout']]);
  });
});

describe('The request', () => {
  it('is shown before it is written, with its bytes', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const wire = await editor.scope('Wire');
    assert.deepEqual(
      [await editor.scope('Request'), Object.keys(wire), Object.values(wire)[0]?.includes('Header_x_greeting: Hi')],
      [
        { method: 'POST', url: 'http://localhost/r/myapp/hot', query: '', headers: '1', body: '"Johnny"' },
        ['stdin 0 (not written)'],
        true,
      ],
    );
  });

  it('is sent as it was edited', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const request = await editor.reference('Request');
    const headers = await editor.reference('Request', 'headers');
    const set = (variablesReference: number, name: string, value: string) =>
      editor.ask('setVariable', { variablesReference, name, value });
    await set(request, 'method', 'put');
    await set(request, 'query', '?a=1');
    await set(request, 'body', '"Marie\\n"');
    await set(headers, 'X-Greeting', 'Salut');
    await resume(editor, 'continue');
    const { received } = editor.bed.engine.at(0);
    assert.deepEqual(
      [/\r\nMethod: (.*)\r/, /\r\nRequest_url: (.*)\r/, /\r\nHeader_x_greeting: (.*)\r/, /\r\n\r\n([\s\S]*)$/].map(
        (part) => part.exec(received)?.[1],
      ),
      ['PUT', 'http://localhost/r/myapp/hot?a=1', 'Salut', 'Marie\n'],
    );
  });

  it('cannot be made one that cannot be sent', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const variablesReference = await editor.reference('Request');
    const refused = await editor.response('setVariable', { variablesReference, name: 'method', value: 'P T' });
    assert.deepEqual([refused.success, (await editor.scope('Request'))['method']], [false, 'POST']);
  });

  it('cannot be edited once it is written', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    const before = await editor.reference('Request');
    await resume(editor, 'next');
    for (const variablesReference of [before, await editor.reference('Request')]) {
      const refused = await editor.response('setVariable', { variablesReference, name: 'body', value: 'x' });
      assert.equal(refused.success, false);
    }
  });

  it('is sent again into the same container, edited', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    await resume(editor, 'next');
    editor.bed.engine.at(0).answer('one');
    await resume(editor, 'next');
    const heard = await resume(editor, 'restartFrame');
    const variablesReference = await editor.reference('Request');
    await editor.ask('setVariable', { variablesReference, name: 'body', value: 'Marie' });
    await resume(editor, 'continue');
    editor.bed.engine.at(0).answer('two');
    await settled();
    assert.deepEqual(
      [heard.at(-1), editor.bed.engine.at(0).taskIds, editor.bed.engine.at(0).received.slice(-5), editor.bed.states()],
      [`stopped: restart, ${pausedBefore}`, ['c1', 'c2'], 'Marie', ['idle']],
    );
  });
});

describe('The response', () => {
  it('is shown with its wire and its container', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { breakpoint: true });
    await resume(editor, 'continue');
    editor.bed.engine.at(0).answer('Hello');
    await resume(editor, 'continue');
    const { time, ...response } = await editor.scope('Response');
    const { stackFrames } = await editor.ask<{ stackFrames: { name: string; line: number }[] }>('stackTrace');
    assert.deepEqual(
      [
        response,
        typeof time,
        Object.keys(await editor.scope('Wire')),
        (await editor.scope('Container'))['state'],
        stackFrames.map(({ name, line }) => `${name} ${line}`),
        (await editor.ask('evaluate', { expression: 'response.headers.content-length' }))['result'],
      ],
      [
        { status: '200', headers: '1', body: '"Hello"' },
        'string',
        ['0: stdin 0', '1: boundary', '2: stdout 0', '3: boundary', '4: boundary', '5: boundary'],
        'idle',
        ['response 200 read 2', 'request written 2', 'POST /hot 2'],
        '5',
      ],
    );
  });
});

describe('An exception filter', () => {
  const failures: readonly (readonly [string, string, (editor: AdapterBed) => unknown])[] = [
    ['stray-output', 'stray output', (editor) => editor.bed.engine.at(0).answer('Hello', 'more')],
    [
      'protocol-error',
      'protocol error',
      (editor) => editor.bed.engine.at(0).stdout.write('HTTP/1.1 200 OK\r\nX: y\r\n\r\nbody'),
    ],
    [
      'non-2xx',
      'non 2xx',
      (editor) => editor.bed.engine.at(0).stdout.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    ],
    ['timeout', 'timeout', (editor) => editor.bed.clock.pass(1001)],
  ];
  for (const [filter, label, fail] of failures) {
    it(`stops on ${label}`, async () => {
      const editor = new AdapterBed(hot);
      await editor.launch({ call }, { filters: [filter] });
      editor.heard();
      await fail(editor);
      await settled();
      assert.equal(editor.heard().at(-1), `stopped: exception, Paused on ${label}`);
    });

    it(`for ${label} lets what is right run through`, async () => {
      const editor = new AdapterBed(hot);
      await editor.launch({ call }, { filters: [filter] });
      editor.heard();
      editor.bed.engine.at(0).answer('Hello');
      await settled();
      assert.deepEqual(editor.heard(), ['stdout: 200 OK', 'thread exited']);
    });
  }

  it('that is not set lets the call fail without a stop', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { filters: ['timeout'] });
    editor.heard();
    editor.bed.engine.at(0).answer('Hello', 'more');
    await settled();
    assert.deepEqual(editor.heard(), ['stdout: 200 OK', 'thread exited', 'terminated']);
  });

  it('sends the request again into a new container where the old one had to go', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call }, { filters: ['stray-output'] });
    editor.bed.engine.at(0).answer('Hello', 'more');
    await settled();
    await resume(editor, 'restartFrame');
    await resume(editor, 'continue');
    assert.deepEqual(editor.bed.engine.at(1).taskIds, ['c2']);
  });
});

describe('A stop', () => {
  it('ends with the container, and nothing is written', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    editor.heard();
    editor.bed.engine.at(0).exits({ reason: 'exit', code: 3 });
    await settled();
    assert.deepEqual(
      [editor.heard(), editor.bed.engine.at(0).received],
      [['continued', 'stderr: 502 Bad Gateway', 'thread exited', 'terminated'], ''],
    );
  });

  it('before the write ends with the session, and nothing is written', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ call, stopOnEntry: true });
    await editor.ask('disconnect');
    await settled();
    assert.deepEqual([editor.bed.engine.at(0).received, editor.bed.states()], ['', []]);
  });
});
