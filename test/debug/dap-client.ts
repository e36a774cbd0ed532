import type { Duplex } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DapAttachment, PathRoots } from '../../src/debug/languages/debug-language.ts';
import type { Breakpoint, Stop, TestDebugger } from './test-debugger.ts';

/** What debuggers say of their own accord, as far as it is listened to. */
type Told =
  | (DebugProtocol.InitializedEvent & { readonly event: 'initialized' })
  | (DebugProtocol.StoppedEvent & { readonly event: 'stopped' })
  | (DebugProtocol.TerminatedEvent & { readonly event: 'terminated' })
  | (DebugProtocol.OutputEvent & { readonly event: 'output' });

type Answer = Pick<DebugProtocol.Response, 'request_seq' | 'success' | 'message' | 'body'>;

/** What is asked, with the body of what is answered. */
interface Bodies {
  initialize: unknown;
  attach: unknown;
  launch: unknown;
  setBreakpoints: unknown;
  configurationDone: unknown;
  disconnect: unknown;
  continue: unknown;
  next: unknown;
  stackTrace: DebugProtocol.StackTraceResponse['body'];
  scopes: DebugProtocol.ScopesResponse['body'];
  variables: DebugProtocol.VariablesResponse['body'];
  evaluate: DebugProtocol.EvaluateResponse['body'];
}

/** The least of a client that makes a debugger stop: what it does not understand it ignores. */
export class DapClient implements TestDebugger {
  readonly output: string[] = [];
  readonly #stream: Duplex;
  readonly #roots: PathRoots;
  readonly #onStop: (stop: Stop) => void;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #initialized = Promise.withResolvers<void>();
  #bytes: Buffer = Buffer.alloc(0);
  #seq = 0;
  #ended = false;

  private constructor(stream: Duplex, roots: PathRoots, onStop: (stop: Stop) => void) {
    this.#stream = stream;
    this.#roots = roots;
    this.#onStop = onStop;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', () => {});
    stream.on('close', () => {
      for (const [seq, answer] of this.#answers) {
        answer({ request_seq: seq, success: false, message: 'the connection was closed' });
      }
    });
  }

  /** Rejects if the debugger is not there yet. */
  static async greet(stream: Duplex, roots: PathRoots, onStop: (stop: Stop) => void): Promise<DapClient> {
    const client = new DapClient(stream, roots, onStop);
    const conventions = { pathFormat: 'path', linesStartAt1: true, columnsStartAt1: true, supportsVariableType: true };
    await client.#request('initialize', { adapterID: 'test', ...conventions });
    return client;
  }

  async configure(attachment: DapAttachment, breakpoints: readonly Breakpoint[]): Promise<void> {
    const attached = this.#request(attachment.request, attachment.attachArguments(this.#roots));
    await this.#initialized.promise;
    for (const path of new Set(breakpoints.map(({ file }) => file))) {
      const wanted = breakpoints
        .filter(({ file }) => file === path)
        .map(({ line, log }) => ({ line, ...(log === undefined ? {} : { logMessage: `{${log}}` }) }));
      await this.#request('setBreakpoints', { source: { path }, breakpoints: wanted });
    }
    await this.#request('configurationDone');
    await attached;
  }

  async end(): Promise<void> {
    // Some stop once more on the way out.
    this.#ended = true;
    if (this.#stream.destroyed) {
      return;
    }
    await this.#request('disconnect', { terminateDebuggee: true }).catch(() => {});
    this.#stream.destroy();
  }

  async #stopped(threadId: number): Promise<void> {
    const { stackFrames } = await this.#request('stackTrace', { threadId, startFrame: 0, levels: 1 });
    const [frame] = stackFrames;
    if (frame === undefined) {
      throw new Error('It has stopped nowhere.');
    }
    const { scopes } = await this.#request('scopes', { frameId: frame.id });
    const { variables } = await this.#request('variables', { variablesReference: scopes[0]?.variablesReference });
    const locals = variables.map(({ name, value }) => [name, value]);
    this.#onStop({
      file: frame.source?.path ?? '',
      line: frame.line,
      locals: Object.fromEntries(locals),
      resume: () => this.#request('continue', { threadId }),
      step: () => this.#request('next', { threadId }),
      evaluate: async (expression) =>
        (await this.#request('evaluate', { expression, frameId: frame.id, context: 'repl' })).result,
    });
  }

  #request<C extends keyof Bodies>(command: C, body: unknown = {}): Promise<Bodies[C]> {
    this.#seq += 1;
    const seq = this.#seq;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: body });
    this.#stream.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return new Promise((resolve, reject) => {
      this.#answers.set(seq, (answer) => {
        this.#answers.delete(seq);
        if (answer.success) {
          // Debuggers answer what was asked.
          resolve(answer.body as Bodies[C]);
        } else {
          reject(new Error(`${command}: ${answer.message} ${JSON.stringify(answer.body)}`));
        }
      });
    });
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const head = this.#bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(this.#bytes.toString('latin1', 0, Math.max(0, head)))?.[1]);
      const end = head + 4 + length;
      if (head === -1 || this.#bytes.length < end) {
        return;
      }
      const message: Answer | Told = JSON.parse(this.#bytes.toString('utf8', head + 4, end));
      this.#bytes = this.#bytes.subarray(end);
      this.#take(message);
    }
  }

  #take(message: Answer | Told): void {
    if ('request_seq' in message) {
      this.#answers.get(message.request_seq)?.(message);
      return;
    }
    switch (message.event) {
      case 'initialized':
        this.#initialized.resolve();
        return;
      case 'stopped':
        if (!this.#ended && message.body.threadId !== undefined) {
          void this.#stopped(message.body.threadId);
        }
        return;
      case 'terminated':
        // The function has ended; Delve stays, with its stdout, until it is let go.
        void this.end();
        return;
      case 'output':
        this.output.push(message.body.output);
        return;
      default:
        // They say more than is listened to.
        message satisfies never;
    }
  }
}
