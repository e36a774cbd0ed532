import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExampleFunction } from './example-function.ts';

export interface HotAnswer {
  readonly statusLine: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** What is left of a function after the end of its stdin. */
export interface FunctionEnd {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A running example. Its environment is PATH, HOME and `variables`; what it answers is read byte by byte as it comes. */
export class FunctionProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #closed: Promise<unknown>;
  #received = Buffer.alloc(0);
  #stderr = '';

  constructor(example: ExampleFunction, variables: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '' } = process.env;
    const [program, ...args] = example.command;
    this.#child = spawn(program, args, { cwd: example.folder, env: { PATH, HOME, ...variables } });
    this.#closed = once(this.#child, 'close');
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]();
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A function that ends early breaks the pipe: its exit code and stderr tell more.
    this.#child.stdin.on('error', () => undefined);
  }

  write(bytes: Buffer): void {
    this.#child.stdin.write(bytes);
  }

  async call(request: Buffer): Promise<HotAnswer> {
    this.write(request);
    return this.nextAnswer();
  }

  async nextAnswer(): Promise<HotAnswer> {
    const head = (await this.#take((bytes) => endOf(bytes, '\r\n\r\n'))).toString('latin1');
    const [statusLine = '', ...lines] = head.trimEnd().split('\r\n');
    const headers = new Map(lines.map((line) => [line.replace(/:.*/, '').toLowerCase(), line.replace(/^.*?: /, '')]));
    const length = Number(headers.get('content-length'));
    const body = await this.#take((bytes) => (bytes.length >= length ? length : -1));
    return { statusLine, contentType: headers.get('content-type'), body };
  }

  /** Ends stdin, and settles when the function has ended by itself. */
  async end(lastBytes: Buffer = Buffer.alloc(0)): Promise<FunctionEnd> {
    this.#child.stdin.end(lastBytes);
    while (await this.#receive()) {}
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.#received, stderr: this.#stderr };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #take(lengthIn: (bytes: Buffer) => number): Promise<Buffer> {
    while (true) {
      const length = lengthIn(this.#received);
      if (length >= 0) {
        const taken = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return taken;
      }
      if (!(await this.#receive())) {
        throw new Error(`The function ended before its answer was complete. ${this.#stderr}`);
      }
    }
  }

  /** False at the end of stdout. */
  async #receive(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      return false;
    }
    this.#received = Buffer.concat([this.#received, next.value]);
    return true;
  }
}

function endOf(bytes: Buffer, mark: string): number {
  const index = bytes.indexOf(mark);
  return index < 0 ? -1 : index + mark.length;
}
