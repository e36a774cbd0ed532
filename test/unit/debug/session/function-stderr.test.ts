import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emitter } from '../../../../src/core/event.ts';
import type { StderrEvent } from '../../../../src/core/pool/container-events.ts';
import { FunctionStderr } from '../../../../src/debug/session/function-stderr.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

function follow(echoes: boolean) {
  const clock = new FakeClock();
  const source = new Emitter<StderrEvent>();
  const lines: string[] = [];
  const stderr = new FunctionStderr({ onStderr: source.event, routeId: 'app/hot', clock }, (line) => lines.push(line));
  const write = (container: string, text: string, routeId = 'app/hot') =>
    source.fire({ container, routeId, callId: undefined, text });
  const begin = () => stderr.follow('one', { chatter: /^Debugger /, echoes });
  return { clock, lines, stderr, write, begin };
}

describe('The stderr of a function under a debugger', () => {
  it('is told line by line, from before it was known whose it is', () => {
    const { lines, write, begin } = follow(false);
    write('one', 'first\nsec');
    write('two', 'of another\n');
    write('one', 'of another route\n', 'app/cold');
    begin();
    write('one', 'ond\n');
    assert.deepEqual(lines, ['first', 'second']);
  });

  it('leaves out what its debugger says', () => {
    const { lines, write, begin } = follow(false);
    begin();
    write('one', 'Debugger attached.\nmine\n');
    assert.deepEqual(lines, ['mine']);
  });

  it('leaves out what its debugger has shown, sooner or later', async () => {
    const { lines, write, begin, stderr, clock } = follow(true);
    begin();
    stderr.shown('sooner\n');
    write('one', 'sooner\nlater\nby nobody\n');
    stderr.shown('later\n');
    await clock.pass(300);
    assert.deepEqual([lines, clock.pendingTimers], [['by nobody'], 0]);
  });

  it('is settled when its debugger has shown the last line, or shows it no more', async () => {
    const { write, begin, stderr, clock } = follow(true);
    begin();
    const history: string[] = [];
    write('one', 'a\n');
    void stderr.settled().then(() => history.push('shown'));
    await clock.pass(100);
    stderr.shown('a\n');
    await clock.pass(100);
    history.push('between');
    write('one', 'b');
    void stderr.settled().then(() => history.push('not shown'));
    await clock.pass(300);
    assert.deepEqual(history, ['shown', 'between', 'not shown']);
  });

  it('keeps its order, and loses nothing at its end', () => {
    const { lines, write, begin, stderr, clock } = follow(true);
    begin();
    write('one', 'a\nb\nc');
    stderr.dispose();
    assert.deepEqual([lines, clock.pendingTimers], [['a', 'b', 'c'], 0]);
  });
});
