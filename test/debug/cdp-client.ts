import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PathRoots } from '../../src/debug/languages/debug-language.ts';
import type { Breakpoint, Stop, TestDebugger } from './test-debugger.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the inspector answers is looked at by tests only
type Answer = any;

/** A client of Node's inspector that evaluates logpoints and its console's input in scripts named as js-debug does. */
export class CdpClient implements TestDebugger {
  readonly output: string[] = [];
  readonly #socket: WebSocket;
  readonly #roots: PathRoots;
  readonly #onStop: (stop: Stop) => void;
  readonly #answers = new Map<number, (message: Answer) => void>();
  readonly #urls = new Map<string, string>();
  #id = 0;

  private constructor(socket: WebSocket, roots: PathRoots, onStop: (stop: Stop) => void) {
    this.#socket = socket;
    this.#roots = roots;
    this.#onStop = onStop;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data))));
  }

  static async open(url: string, roots: PathRoots, onStop: (stop: Stop) => void): Promise<CdpClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    return new CdpClient(socket, roots, onStop);
  }

  async configure(breakpoints: readonly Breakpoint[]): Promise<void> {
    const { localRoot, remoteRoot } = this.#roots;
    await this.#send('Runtime.enable');
    await this.#send('Debugger.enable');
    for (const { file, line, log } of breakpoints) {
      const path = file.replace(localRoot, remoteRoot);
      const condition = log === undefined ? '' : `console.log(${log}), false\n//# sourceURL=logpoint-1.cdp`;
      const url = { urlRegex: `^(${escaped(pathToFileURL(path).href)}|${escaped(path)})$` };
      await this.#send('Debugger.setBreakpointByUrl', { ...url, lineNumber: line - 1, condition });
    }
    await this.#send('Runtime.runIfWaitingForDebugger');
  }

  async end(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) {
      return;
    }
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve, { once: true }));
    this.#socket.close();
    await closed;
  }

  async #stopped(frame: Answer): Promise<void> {
    const { callFrameId, location, scopeChain } = frame;
    const { result } = await this.#send('Runtime.getProperties', { objectId: scopeChain[0].object.objectId });
    const locals = result.map(({ name, value }: Answer) => [name, JSON.stringify(value?.value)]);
    const { localRoot, remoteRoot } = this.#roots;
    const url = this.#urls.get(location.scriptId) ?? '';
    this.#onStop({
      file: (url.startsWith('file:') ? fileURLToPath(url) : url).replace(remoteRoot, localRoot),
      line: location.lineNumber + 1,
      locals: Object.fromEntries(locals),
      resume: () => this.#send('Debugger.resume'),
      step: () => this.#send('Debugger.stepOver'),
      evaluate: async (expression) => {
        const named = `${expression}\n//# sourceURL=eval-1.repl`;
        const answer = await this.#send('Debugger.evaluateOnCallFrame', { callFrameId, expression: named });
        return JSON.stringify(answer.result.value);
      },
    });
  }

  #send(method: string, params: unknown = {}): Promise<Answer> {
    this.#id += 1;
    const id = this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
    });
  }

  #take(message: Answer): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
    } else if (message.method === 'Debugger.scriptParsed') {
      this.#urls.set(message.params.scriptId, message.params.url);
    } else if (message.method === 'Debugger.paused') {
      void this.#stopped(message.params.callFrames[0]);
    } else if (message.method === 'Runtime.consoleAPICalled') {
      this.output.push(message.params.args.map(({ value }: Answer) => String(value)).join(' '));
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
