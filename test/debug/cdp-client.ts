import type { Debugger, Runtime } from 'node:inspector';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PathRoots } from '../../src/debug/languages/debug-language.ts';
import type { Breakpoint, Stop, TestDebugger } from './test-debugger.ts';

/** What the inspector says of its own accord, as far as it is listened to. */
type Told =
  | { readonly method: 'Debugger.scriptParsed'; readonly params: Debugger.ScriptParsedEventDataType }
  | { readonly method: 'Debugger.paused'; readonly params: Debugger.PausedEventDataType }
  | { readonly method: 'Runtime.consoleAPICalled'; readonly params: Runtime.ConsoleAPICalledEventDataType };

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** What is asked, with what is answered. */
interface Answers {
  'Runtime.enable': unknown;
  'Runtime.runIfWaitingForDebugger': unknown;
  'Runtime.getProperties': Runtime.GetPropertiesReturnType;
  'Debugger.enable': unknown;
  'Debugger.setBreakpointByUrl': unknown;
  'Debugger.resume': unknown;
  'Debugger.stepOver': unknown;
  'Debugger.evaluateOnCallFrame': Debugger.EvaluateOnCallFrameReturnType;
}

/** A client of Node's inspector that evaluates logpoints and its console's input in scripts named as js-debug does. */
export class CdpClient implements TestDebugger {
  readonly output: string[] = [];
  readonly #socket: WebSocket;
  readonly #roots: PathRoots;
  readonly #onStop: (stop: Stop) => void;
  readonly #answers = new Map<number, (answer: Answer) => void>();
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

  async #stopped({ callFrameId, location, scopeChain }: Debugger.CallFrame): Promise<void> {
    const [scope] = scopeChain;
    const { result } = await this.#send('Runtime.getProperties', { objectId: scope?.object.objectId });
    const locals = result.map(({ name, value }) => [name, JSON.stringify(value?.value)]);
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

  #send<M extends keyof Answers>(method: M, params: unknown = {}): Promise<Answers[M]> {
    this.#id += 1;
    const id = this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        // The inspector answers what was asked.
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result as Answers[M]),
      );
    });
  }

  #take(message: Answer | Told): void {
    if ('id' in message) {
      this.#answers.get(message.id)?.(message);
      return;
    }
    switch (message.method) {
      case 'Debugger.scriptParsed':
        this.#urls.set(message.params.scriptId, message.params.url);
        return;
      case 'Debugger.paused': {
        const [frame] = message.params.callFrames;
        void (frame && this.#stopped(frame));
        return;
      }
      case 'Runtime.consoleAPICalled':
        this.output.push(message.params.args.map(({ value }) => String(value)).join(' '));
        return;
      default:
        // It says more than is listened to.
        message satisfies never;
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
