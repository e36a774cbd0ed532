import type { Duplex } from 'node:stream';
import type { DapAttachment, PathRoots } from '../../src/debug/languages/debug-language.ts';
import type { Breakpoint, Stop, TestDebugger } from './test-debugger.ts';

interface Message {
  readonly type: string;
  readonly command?: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what debuggers answer is looked at by tests only
  readonly body?: any;
}

/** The least of a client that makes a debugger stop: what it does not understand it ignores. */
export class DapClient implements TestDebugger {
  readonly output: string[] = [];
  readonly #stream: Duplex;
  readonly #roots: PathRoots;
  readonly #onStop: (stop: Stop) => void;
  readonly #answers = new Map<number, (message: Message) => void>();
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
      for (const answer of this.#answers.values()) {
        answer({ type: 'response', success: false, message: 'the connection was closed' });
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
    const { scopes } = await this.#request('scopes', { frameId: frame.id });
    const { variables } = await this.#request('variables', { variablesReference: scopes[0].variablesReference });
    const locals = variables.map(({ name, value }: { name: string; value: string }) => [name, value]);
    this.#onStop({
      file: frame.source.path,
      line: frame.line,
      locals: Object.fromEntries(locals),
      resume: () => this.#request('continue', { threadId }),
      step: () => this.#request('next', { threadId }),
      evaluate: async (expression) =>
        (await this.#request('evaluate', { expression, frameId: frame.id, context: 'repl' })).result,
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: see Message
  #request(command: string, body: unknown = {}): Promise<any> {
    this.#seq += 1;
    const seq = this.#seq;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: body });
    this.#stream.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return new Promise((resolve, reject) => {
      this.#answers.set(seq, (answer) => {
        this.#answers.delete(seq);
        if (answer.success) {
          resolve(answer.body);
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
      const message: Message = JSON.parse(this.#bytes.toString('utf8', head + 4, end));
      this.#bytes = this.#bytes.subarray(end);
      this.#take(message);
    }
  }

  #take(message: Message): void {
    if (message.type === 'response') {
      this.#answers.get(message.request_seq ?? 0)?.(message);
    } else if (message.event === 'initialized') {
      this.#initialized.resolve();
    } else if (message.event === 'stopped' && !this.#ended) {
      void this.#stopped(message.body.threadId);
    } else if (message.event === 'terminated') {
      // The function has ended; Delve stays, with its stdout, until it is let go.
      void this.end();
    } else if (message.event === 'output') {
      this.output.push(message.body.output);
    }
  }
}
