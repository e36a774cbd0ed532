import type { DebugProtocol } from '@vscode/debugprotocol';
import { isEvent, isRequest, isResponse } from './dap-messages.ts';

/** Requests that let what is stopped run. `restartFrame` is none: a stop follows it at once. */
const resuming: ReadonlySet<string> = new Set([
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'goto',
]);

const everyThread = 'all';

/**
 * Whether a session has stopped, read from what its adapter and the editor tell each other. Not every debugger says
 * `continued`, so a successful answer to a request that lets it run counts as well.
 */
export class StoppedThreads {
  readonly #onChange: (stopped: boolean) => void;
  readonly #stopped = new Set<unknown>();
  /** Requests under way that let threads run. */
  readonly #resuming = new Map<number, { readonly threadId?: unknown; readonly singleThread?: unknown }>();
  #over = false;

  constructor(onChange: (stopped: boolean) => void) {
    this.#onChange = onChange;
  }

  toAdapter(message: DebugProtocol.ProtocolMessage): void {
    if (!isRequest(message)) {
      return;
    }
    if (message.command === 'disconnect' || message.command === 'terminate') {
      this.end();
    } else if (resuming.has(message.command)) {
      this.#resuming.set(message.seq, message.arguments ?? {});
    }
  }

  toEditor(message: DebugProtocol.ProtocolMessage): void {
    if (this.#over) {
      return;
    }
    if (isResponse(message)) {
      const asked = this.#resuming.get(message.request_seq);
      this.#resuming.delete(message.request_seq);
      if (asked !== undefined && message.success) {
        const one = asked.singleThread === true || message.body?.allThreadsContinued === false;
        this.#runs(one ? asked.threadId : everyThread);
      }
    } else if (isEvent(message)) {
      const { threadId, allThreadsStopped, allThreadsContinued } = message.body ?? {};
      if (message.event === 'stopped') {
        this.#stops(allThreadsStopped === true ? everyThread : (threadId ?? everyThread));
      } else if (message.event === 'continued') {
        this.#runs(allThreadsContinued === false ? threadId : everyThread);
      } else if (message.event === 'thread' && message.body?.reason === 'exited') {
        this.#runs(threadId);
      } else if (message.event === 'terminated' || message.event === 'exited') {
        this.end();
      }
    }
  }

  /** Nothing that comes later counts: what is told to end may still tell of stops that nobody will resume. */
  end(): void {
    this.#over = true;
    this.#runs(everyThread);
  }

  #stops(thread: unknown): void {
    const before = this.#stopped.size;
    this.#stopped.add(thread);
    if (before === 0) {
      this.#onChange(true);
    }
  }

  #runs(thread: unknown): void {
    const before = this.#stopped.size;
    // One of those that were only told of together: a clock that goes on too early beats one that never does.
    if (thread === everyThread || this.#stopped.has(everyThread)) {
      this.#stopped.clear();
    } else {
      this.#stopped.delete(thread);
    }
    if (before > 0 && this.#stopped.size === 0) {
      this.#onChange(false);
    }
  }
}
