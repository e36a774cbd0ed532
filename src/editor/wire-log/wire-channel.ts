import * as vscode from 'vscode';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import { CredentialMask } from '../../core/wire/mask.ts';
import type { WireEvent } from '../../core/wire/recording.ts';
import { settings } from '../settings.ts';
import { WireFormatter } from './wire-formatter.ts';

const flushIntervalMs = 50;
/** More text than this between two flushes nobody can read, and the editor could not keep up with. */
const maxPendingChars = 512 * 1024;

/** The output channel "Hot Functions Wire": every exchange, appended in batches. */
export class WireChannel implements Disposable {
  readonly #channel: vscode.OutputChannel;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #formatter = new WireFormatter({
    maxBytesPerMessage: settings.wireMaxBytesPerMessage,
    newMask: () => new CredentialMask(),
  });
  #pending: string[] = [];
  #pendingChars = 0;
  #dropped = 0;
  #timer: Disposable | undefined;

  constructor(onWire: Event<WireEvent>, clock: Clock) {
    this.#clock = clock;
    this.#channel = this.#owned.add(vscode.window.createOutputChannel('Hot Functions Wire', 'hot-functions-wire'));
    this.#owned.add(onWire((event) => this.#add(event)));
  }

  show(): void {
    this.#flush();
    this.#channel.show(true);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #add(event: WireEvent): void {
    // Formatted even if it is dropped: the formatter follows each exchange from its beginning to its end.
    const text = this.#formatter.format(event);
    if (this.#pendingChars > maxPendingChars) {
      this.#dropped += 1;
    } else {
      this.#pending.push(text);
      this.#pendingChars += text.length;
    }
    this.#timer ??= this.#clock.after(flushIntervalMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#dropped > 0) {
      this.#pending.push(`\n… ${this.#dropped} events came too fast to be shown\n`);
    }
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingChars = 0;
    this.#dropped = 0;
    if (text !== '') {
      this.#channel.append(text);
    }
  }
}
