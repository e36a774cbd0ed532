import { ProgressEndEvent, ProgressStartEvent, ProgressUpdateEvent } from '@vscode/debugadapter/lib/debugSession.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { PrepareProgress } from '../../core/engine.ts';

/** Shows what a start waits for, with a way to cancel it. Nothing shows unless a build or a pull is needed. */
export class StartProgress {
  readonly id = 'start';
  readonly #send: (event: DebugProtocol.Event) => void;
  readonly #title: string;
  #state: 'unused' | 'shown' | 'over' = 'unused';

  /** @param send absent where the editor shows no progress */
  constructor(title: string, send: (event: DebugProtocol.Event) => void) {
    this.#title = title;
    this.#send = send;
  }

  report({ message, fraction }: PrepareProgress): void {
    if (this.#state === 'over') {
      return;
    }
    if (this.#state === 'unused') {
      this.#state = 'shown';
      const start: DebugProtocol.ProgressStartEvent = new ProgressStartEvent(this.id, this.#title, message);
      start.body.cancellable = true;
      this.#send(start);
    }
    const update: DebugProtocol.ProgressUpdateEvent = new ProgressUpdateEvent(this.id, message);
    if (fraction !== undefined) {
      update.body.percentage = Math.round(fraction * 100);
    }
    this.#send(update);
  }

  end(): void {
    if (this.#state === 'shown') {
      this.#send(new ProgressEndEvent(this.id));
    }
    this.#state = 'over';
  }
}
