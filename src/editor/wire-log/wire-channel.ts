import * as vscode from 'vscode';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { WireEvent } from '../../core/wire/recording.ts';
import { settings } from '../settings.ts';
import type { WireFormatter } from './wire-formatter.ts';

const flushIntervalMs = 50;
/** More text than this between two flushes nobody can read, and the editor could not keep up with. */
const maxPendingChars = 512 * 1024;
/** What is shown of a channel VS Code keeps in the extension host as well, and without a bound: it begins anew there. */
const maxShownChars = 8 * 1024 * 1024;
/** What may come while the formatter is being loaded, which takes milliseconds. */
const maxEarlyEvents = 4096;

/** The output channel "Hot Functions Wire": every exchange, appended in batches. */
export class WireChannel implements Disposable {
  /** Whether messages from now on are shown with their credentials. Never remembered. */
  credentialsShown = false;
  readonly #channel: vscode.OutputChannel;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #onError: (error: unknown) => void;
  /** Loaded with the first exchange: many windows have none. */
  #formatter: WireFormatter | 'loading' | undefined;
  #early: WireEvent[] = [];
  #pending: string[] = [];
  #pendingChars = 0;
  #shownChars = 0;
  #dropped = 0;
  #timer: Disposable | undefined;

  constructor(onWire: Event<WireEvent>, clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#channel = this.#owned.add(vscode.window.createOutputChannel('Hot Functions Wire', 'hot-functions-wire'));
    this.#owned.add(onWire((event) => this.#add(event)));
  }

  show(): void {
    this.#flush();
    this.#channel.show(true);
  }

  dispose(): void {
    this.#early = [];
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #add(event: WireEvent): void {
    if (this.#formatter === undefined) {
      this.#formatter = 'loading';
      void this.#load().catch(this.#onError);
    }
    if (this.#formatter !== 'loading') {
      this.#append(this.#formatter, event);
    } else if (this.#early.length < maxEarlyEvents) {
      this.#early.push(event);
    } else {
      this.#dropped += 1;
    }
  }

  async #load(): Promise<void> {
    const [{ WireFormatter, noMask }, { CredentialMask }, { secretNames }] = await Promise.all([
      import('./wire-formatter.ts'),
      import('../../core/wire/mask.ts'),
      import('../../core/wire/secret-names.ts'),
    ]);
    const formatter = new WireFormatter({
      maxBytesPerMessage: settings.wireMaxBytesPerMessage,
      newMask: () => (this.credentialsShown ? noMask : new CredentialMask(secretNames(settings.secretNames()))),
    });
    for (const event of this.#early) {
      this.#append(formatter, event);
    }
    this.#early = [];
    this.#formatter = formatter;
  }

  #append(formatter: WireFormatter, event: WireEvent): void {
    // Formatted even if it is dropped: the formatter follows each exchange from its beginning to its end.
    const text = formatter.format(event);
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
    if (text === '') {
      return;
    }
    this.#shownChars += text.length;
    if (this.#shownChars > maxShownChars) {
      this.#shownChars = text.length;
      this.#channel.replace(`… what came before was let go of\n\n${text}`);
    } else {
      this.#channel.append(text);
    }
  }
}
