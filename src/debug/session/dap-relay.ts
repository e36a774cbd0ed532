import type { DebugProtocol } from '@vscode/debugprotocol';
import type { HotFunctionsError } from '../../core/errors.ts';
import { Emitter } from '../../core/event.ts';
import { isEvent, isRequest, isResponse } from './dap-messages.ts';
import { type GreetedDebugger, greetingSeq } from './reach-debugger.ts';

type Message = DebugProtocol.ProtocolMessage;

/**
 * What a debugger may tell the editor. Events of its own invention would reach other extensions, and telemetry
 * would be sent on in the editor's name.
 */
const relayedEvents: ReadonlySet<string> = new Set([
  'initialized',
  'stopped',
  'continued',
  'exited',
  'terminated',
  'thread',
  'output',
  'breakpoint',
  'module',
  'loadedSource',
  'process',
  'capabilities',
  'progressStart',
  'progressUpdate',
  'progressEnd',
  'invalidated',
  'memory',
]);

export interface DapRelayOptions extends GreetedDebugger {
  /** What the editor's `attach` is for the debugger. */
  readonly request: 'attach' | 'launch';
  readonly arguments: Record<string, unknown>;
  /** A failure that is not the debugger's: the editor could not take a message. */
  readonly onError: (error: unknown) => void;
}

/**
 * A debug adapter whose debugger is in the container. The editor's requests go to it and its answers and events
 * come back; where the two would otherwise miss each other, or it asks for what it may not have, this stands between.
 */
export class DapRelay {
  readonly #options: DapRelayOptions;
  readonly #messages: Emitter<Message>;
  readonly onDidSendMessage: Emitter<Message>['event'];
  /** Requests of the editor that the debugger has not answered, by the number they were passed on with. */
  readonly #asked = new Map<number, DebugProtocol.Request>();
  #seqToDebugger = greetingSeq;
  #seqToEditor = 0;
  /** Until `attach` is on its way. A debugger may be ready for breakpoints before it knows about paths. */
  #early: Message[] | undefined = [];
  #taken = false;
  #over = false;

  constructor(options: DapRelayOptions) {
    this.#options = options;
    this.#messages = new Emitter((error) => {
      options.onError(error);
      options.connection.close();
    });
    this.onDidSendMessage = this.#messages.event;
  }

  handleMessage(message: Message): void {
    if (!isRequest(message)) {
      // The editor is never asked anything in the debugger's name, so it has nothing to answer.
      return;
    }
    switch (message.command) {
      case 'initialize':
        this.#answer(message, this.#capabilities());
        this.#taken = true;
        this.#options.connection.take({
          message: (received) => this.#received(received),
          closed: (error) => this.#closed(error),
        });
        return;
      case 'attach':
        this.#pass(message, { command: this.#options.request, arguments: this.#options.arguments });
        this.#releaseEarly();
        return;
      case 'disconnect':
      case 'terminate':
        // The container is ended by who started it, and its debugger with it. It may well not answer any more.
        this.#answer(message, undefined);
        this.dispose();
        return;
      default:
        if (this.#over) {
          this.#refuse(message, 'The debugger has ended.');
        } else {
          this.#pass(message);
        }
    }
  }

  /** Breaks the connection to the debugger: for the editor, the debugger has ended. */
  end(): void {
    this.#options.connection.close();
    if (!this.#taken) {
      this.#closed(undefined);
    }
  }

  /** The editor is done with it. */
  dispose(): void {
    this.#over = true;
    this.#options.connection.close();
  }

  #pass(request: DebugProtocol.Request, instead: Partial<DebugProtocol.Request> = {}): void {
    this.#asked.set(this.#send({ ...request, ...instead }), request);
  }

  #send<T extends { readonly type: string }>(message: T): number {
    this.#seqToDebugger += 1;
    const seq = this.#seqToDebugger;
    this.#options.connection.send({ ...message, seq });
    return seq;
  }

  #received(message: Message): void {
    if (isResponse(message)) {
      this.#relayResponse(message);
    } else if (isEvent(message)) {
      if (!relayedEvents.has(message.event) || message.body?.category === 'telemetry') {
        return;
      }
      if (this.#early === undefined) {
        this.#tell(message);
      } else {
        this.#early.push(message);
      }
    } else if (isRequest(message)) {
      // It asks to run a command in a terminal, or to start a session: never in the name of what is debugged.
      this.#send({
        type: 'response',
        request_seq: message.seq,
        command: message.command,
        success: false,
        message: 'not supported',
      });
    }
  }

  #relayResponse(response: DebugProtocol.Response): void {
    const request = this.#asked.get(response.request_seq);
    if (request === undefined) {
      return;
    }
    this.#asked.delete(response.request_seq);
    this.#tell({ ...withoutLink(response), command: request.command, request_seq: request.seq });
  }

  #releaseEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) {
      this.#tell(event);
    }
  }

  #closed(error: HotFunctionsError | undefined): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#releaseEarly();
    for (const request of this.#asked.values()) {
      this.#refuse(request, error?.message ?? 'The debugger has ended.');
    }
    this.#asked.clear();
    if (error !== undefined) {
      const output = `${error.message} ${error.hint ?? ''}\n`;
      this.#tell({
        type: 'event',
        event: 'output',
        body: { category: 'important', output },
      });
    }
    this.#tell({ type: 'event', event: 'terminated' });
  }

  /** Ending, restarting and cancelling are the root session's. */
  #capabilities(): DebugProtocol.Capabilities {
    return {
      ...this.#options.capabilities,
      supportsTerminateRequest: false,
      supportsRestartRequest: false,
      supportTerminateDebuggee: false,
      supportSuspendDebuggee: false,
    };
  }

  #answer(request: DebugProtocol.Request, body: unknown): void {
    const { seq, command } = request;
    this.#tell({ type: 'response', request_seq: seq, command, success: true, body });
  }

  #refuse(request: DebugProtocol.Request, message: string): void {
    const { seq, command } = request;
    this.#tell({ type: 'response', request_seq: seq, command, success: false, message });
  }

  #tell<T extends { readonly type: string }>(message: T): void {
    this.#seqToEditor += 1;
    this.#messages.fire({ ...message, seq: this.#seqToEditor });
  }
}

/** An error may bring a link, which the editor would open for the user, be it a command of the editor. */
function withoutLink(response: DebugProtocol.Response): DebugProtocol.Response {
  const body: unknown = response.body;
  if (response.success || typeof body !== 'object' || body === null || !('error' in body)) {
    return response;
  }
  const { error } = body;
  if (typeof error !== 'object' || error === null) {
    return response;
  }
  return { ...response, body: { ...body, error: { ...error, url: undefined, urlLabel: undefined } } };
}
