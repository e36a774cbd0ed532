import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HotFunctionsError } from '../../../../src/core/errors.ts';
import { settled } from '../../fakes/fake-clock.ts';
import { routeWith } from '../../route-with.ts';
import { AdapterBed, listening } from './adapter-bed.ts';

const hot = routeWith({ format: 'http' });
const cold = routeWith({ path: '/cold' });

describe('A debug session of a hot route', () => {
  it('is started when its container is there, shows the answer, and keeps the container', async () => {
    const editor = new AdapterBed(hot);
    const { launched } = await editor.launch({ call: { body: 'Johnny' } });
    const before = editor.heard();
    editor.bed.engine.at(0).answer('Hello');
    await settled();
    assert.deepEqual(
      [before, (await launched).success, editor.heard(), editor.bed.states()],
      [
        [
          'initialized',
          'console: The language of myapp/hot is not known, so its code runs without a debugger. Set "language".',
          'launch succeeded',
        ],
        true,
        ['stdout: 200 OK'],
        ['idle'],
      ],
    );
  });

  it('sends the next call into the same container', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    editor.bed.engine.at(0).answer('one');
    await settled();
    await editor.ask('hotFunctions.callAgain');
    await settled();
    editor.bed.engine.at(0).answer('two');
    await settled();
    assert.deepEqual(editor.bed.engine.at(0).taskIds, ['c1', 'c2']);
  });

  it('sends no next call while one is under way', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    assert.equal(
      (await editor.response('hotFunctions.callAgain')).message,
      'A call to myapp/hot is under way. Let it end first.',
    );
  });

  it('ends with its container', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    editor.bed.engine.at(0).answer('one');
    await settled();
    editor.heard();
    editor.bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await settled();
    assert.deepEqual([editor.heard(), editor.bed.states()], [['terminated'], []]);
  });

  it('ends with a call that failed, after the failure has been told', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    editor.heard();
    editor.bed.engine.at(0).stdout.write('oops\n');
    await settled();
    assert.deepEqual([editor.heard(), editor.bed.states()], [['stderr: 502 Bad Gateway', 'terminated'], []]);
  });

  it('ends with the answer where it is told not to stay hot', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch({ hot: false });
    editor.heard();
    editor.bed.engine.at(0).answer('one');
    await settled();
    assert.deepEqual([editor.heard(), editor.bed.states()], [['stdout: 200 OK', 'terminated'], []]);
  });

  it('tells what the function writes to stderr', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    editor.heard();
    editor.bed.engine.at(0).stderr.write('one\ntw');
    editor.bed.engine.at(0).stderr.write('o\n');
    await settled();
    assert.deepEqual(editor.heard(), ['stderr: one', 'stderr: two']);
  });

  it('leaves nothing when it is disconnected in the middle of a call', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    await editor.ask('disconnect', { terminateDebuggee: true });
    await settled();
    assert.deepEqual([editor.bed.states(), editor.bed.engine.at(0).asked.includes('kill')], [[], true]);
  });

  it('leaves nothing when it is disposed of without a word', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    editor.adapter.dispose();
    await settled();
    assert.deepEqual(editor.bed.states(), []);
  });

  it('has no thread: what could stop is in the sessions below', async () => {
    const editor = new AdapterBed(hot);
    await editor.launch();
    assert.deepEqual(await editor.ask('threads'), { threads: [] });
  });
});

describe('A debug session of a cold route', () => {
  it('ends with the answer', async () => {
    const editor = new AdapterBed(cold);
    await editor.launch();
    editor.heard();
    editor.bed.engine.at(0).stdout.write('Hello');
    editor.bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await settled();
    assert.deepEqual([editor.heard(), editor.bed.states()], [['stdout: 200 OK', 'terminated'], []]);
  });
});

describe('Starting a debug session', () => {
  it('shows a build, and leaves nothing when that is cancelled', async () => {
    const editor = new AdapterBed(hot);
    editor.bed.engine.auto.prepare = false;
    const { launched } = await editor.launch();
    const [prepare] = editor.bed.engine.prepares;
    prepare?.report({ phase: 'building', message: 'Step 1' });
    const shown = editor.heard();
    await editor.ask('cancel', { progressId: 'start' });
    const { success, body } = await launched;
    await settled();
    assert.deepEqual(
      [shown, success, body.error.showUser, editor.heard(), prepare?.signal.aborted, editor.bed.states()],
      [
        ['initialized', 'progressStart: Step 1', 'progressUpdate: Step 1'],
        false,
        false,
        ['progressEnd', 'launch failed', 'terminated'],
        true,
        [],
      ],
    );
  });

  it('that is stopped while the container starts leaves nothing', async () => {
    const editor = new AdapterBed(hot);
    editor.bed.engine.auto.start = false;
    const { launched } = await editor.launch();
    await editor.ask('disconnect');
    assert.deepEqual([(await launched).success, editor.bed.engine.starting, editor.bed.states()], [false, [], []]);
  });

  it('that is stopped while the debugger attaches leaves nothing', async () => {
    const editor = new AdapterBed(hot);
    editor.language = listening;
    editor.autoAttach = false;
    const { launched } = await editor.launch();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(editor.children.length, 1);
    await editor.ask('disconnect');
    assert.deepEqual([(await launched).success, editor.bed.states()], [false, []]);
  });

  it('fails with what happened and what to do', async () => {
    const editor = new AdapterBed(hot);
    editor.language = {
      ...listening,
      plan: () =>
        Promise.reject(
          new HotFunctionsError('debugger-missing', 'No debugpy.', { hint: 'Add RUN pip install debugpy.' }),
        ),
    };
    const { launched } = await editor.launch();
    const { success, body } = await launched;
    await settled();
    assert.deepEqual(
      [success, body.error.format, body.error.showUser, editor.heard().at(-1), editor.bed.states()],
      [false, 'No debugpy. Add RUN pip install debugpy.', true, 'terminated', []],
    );
  });

  it('waits for the debugger before the request is written', async () => {
    const editor = new AdapterBed(hot);
    editor.language = listening;
    editor.autoAttach = false;
    const { launched } = await editor.launch();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = editor.bed.engine.at(0).received;
    editor.children[0]?.configured.resolve();
    await launched;
    await settled();
    assert.deepEqual([before, editor.bed.engine.at(0).taskIds], ['', ['c1']]);
    await editor.ask('disconnect');
  });

  it('attaches once to a container, however many calls it serves', async () => {
    const editor = new AdapterBed(hot);
    editor.language = listening;
    const { launched } = await editor.launch();
    await launched;
    editor.bed.engine.at(0).answer('one');
    await settled();
    await editor.ask('hotFunctions.callAgain');
    await settled();
    assert.deepEqual([editor.children.length, editor.bed.engine.at(0).taskIds], [1, ['c1', 'c2']]);
    await editor.ask('disconnect');
  });

  it('ends the session when what debugs the function goes away and the function does not', async () => {
    const editor = new AdapterBed(hot);
    editor.language = listening;
    const { launched } = await editor.launch();
    await launched;
    editor.children[0]?.ended.resolve();
    await editor.bed.clock.pass(5000);
    assert.deepEqual(editor.bed.states(), []);
  });
});
