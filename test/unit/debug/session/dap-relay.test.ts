import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapRelay } from '../../../../src/debug/session/dap-relay.ts';
import { greetDebugger } from '../../../../src/debug/session/reach-debugger.ts';
import { settled } from '../../fakes/fake-clock.ts';
import { DebuggerEnd } from './debugger-end.ts';

interface Bed {
  readonly far: DebuggerEnd;
  readonly relay: DapRelay;
  readonly told: DebugProtocol.ProtocolMessage[];
  ask(seq: number, command: string, args?: unknown): Promise<void>;
}

async function relayTo(capabilities: object = {}, early: readonly object[] = []): Promise<Bed> {
  const far: DebuggerEnd = new DebuggerEnd((message) => {
    if (message.seq === 1) {
      for (const event of early) {
        far.send(event);
      }
      far.send({ seq: 1, type: 'response', request_seq: 1, command: 'initialize', success: true, body: capabilities });
    } else if (message.seq === 2) {
      far.send({ seq: 2, type: 'response', request_seq: 2, command: 'attach', success: true });
    }
  });
  const greeted = await greetDebugger(far.stream, { adapterID: 'hot-function' }, new AbortController().signal);
  const relay = new DapRelay({ ...greeted, request: 'attach', arguments: { port: 1 }, onError: assert.ifError });
  const told: DebugProtocol.ProtocolMessage[] = [];
  relay.onDidSendMessage((message) => told.push(message));
  const ask = async (seq: number, command: string, args?: unknown): Promise<void> => {
    relay.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    await settled();
  };
  return { far, relay, told, ask };
}

/** A session whose debugger has been attached to. */
async function attached(): Promise<Bed> {
  const bed = await relayTo();
  await bed.ask(1, 'initialize');
  await bed.ask(2, 'attach');
  bed.told.length = 0;
  return bed;
}

describe('The relay of a debugger', () => {
  it('says what the debugger can do, without what belongs to the root session', async () => {
    const { told, ask } = await relayTo({ supportsLogPoints: true, supportsTerminateRequest: true });
    await ask(7, 'initialize');
    assert.deepEqual(told, [
      {
        seq: 1,
        type: 'response',
        request_seq: 7,
        command: 'initialize',
        success: true,
        body: {
          supportsLogPoints: true,
          supportsTerminateRequest: false,
          supportsRestartRequest: false,
          supportTerminateDebuggee: false,
          supportSuspendDebuggee: false,
        },
      },
    ]);
  });

  it('asks for breakpoints only when the debugger has been told of its paths', async () => {
    const { far, told, ask } = await relayTo({}, [{ seq: 1, type: 'event', event: 'initialized' }]);
    await ask(1, 'initialize');
    const before = told.map(({ type }) => type);
    await ask(2, 'attach', { name: 'of the editor' });
    assert.deepEqual(
      { before, after: told.slice(1, 2), sent: far.received.at(-1) },
      {
        before: ['response'],
        after: [{ seq: 2, type: 'event', event: 'initialized' }],
        sent: { seq: 2, type: 'request', command: 'attach', arguments: { port: 1 } },
      },
    );
  });

  it('gives answers back under the number that the editor asked with', async () => {
    const { far, told, ask } = await attached();
    await ask(40, 'threads');
    far.send({ seq: 9, type: 'response', request_seq: 3, command: 'threads', success: true, body: { threads: [] } });
    await settled();
    assert.deepEqual(told, [
      { seq: 3, type: 'response', request_seq: 40, command: 'threads', success: true, body: { threads: [] } },
    ]);
  });

  it('drops answers to what nobody asked', async () => {
    const { far, told } = await attached();
    far.send({ seq: 9, type: 'response', request_seq: 99, command: 'evaluate', success: true });
    await settled();
    assert.deepEqual(told, []);
  });

  for (const command of ['runInTerminal', 'startDebugging']) {
    it(`lets no debugger ask the editor for ${command}`, async () => {
      const { far, told } = await attached();
      far.send({ seq: 5, type: 'request', command, arguments: { args: ['rm', '-rf', '/'] } });
      await settled();
      assert.deepEqual(
        [told, far.received.at(-1)],
        [[], { seq: 3, type: 'response', request_seq: 5, command, success: false, message: 'not supported' }],
      );
    });
  }

  it('keeps telemetry and events of a debugger’s own from the editor', async () => {
    const { far, told } = await attached();
    far.send({ seq: 5, type: 'event', event: 'output', body: { category: 'telemetry', output: 'x' } });
    far.send({ seq: 6, type: 'event', event: 'debugpySockets', body: {} });
    far.send({ seq: 7, type: 'event', event: 'telemetry', body: {} });
    await settled();
    assert.deepEqual(told, []);
  });

  it('takes links out of errors: the editor would open them, commands included', async () => {
    const { far, told, ask } = await attached();
    await ask(40, 'evaluate');
    const error = { id: 1, format: 'no', showUser: true, url: 'command:workbench.action.quit', urlLabel: 'Fix' };
    far.send({ seq: 9, type: 'response', request_seq: 3, command: 'evaluate', success: false, body: { error } });
    await settled();
    assert.deepEqual(
      JSON.parse(JSON.stringify(told)).map(({ body }: { body: unknown }) => body),
      [{ error: { id: 1, format: 'no', showUser: true } }],
    );
  });

  it('answers what is open, and ends its session, when the debugger goes away', async () => {
    const { far, told, ask } = await attached();
    await ask(40, 'threads');
    far.end();
    await settled();
    assert.deepEqual(told, [
      {
        seq: 3,
        type: 'response',
        request_seq: 40,
        command: 'threads',
        success: false,
        message: 'The debugger has ended.',
      },
      { seq: 4, type: 'event', event: 'terminated' },
    ]);
  });

  it('ends its session, and says why, when the debugger sends nonsense', async () => {
    const { far, told } = await attached();
    far.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    await settled();
    assert.deepEqual(
      told.map((message) => [message.type, 'event' in message ? message.event : undefined]),
      [
        ['event', 'output'],
        ['event', 'terminated'],
      ],
    );
  });

  it('answers a disconnect by itself, and tells of no end then', async () => {
    const { far, told, ask } = await attached();
    await ask(50, 'disconnect');
    assert.deepEqual(
      [told, far.received.length, far.stream.destroyed],
      [[{ seq: 3, type: 'response', request_seq: 50, command: 'disconnect', success: true, body: undefined }], 2, true],
    );
  });
});
