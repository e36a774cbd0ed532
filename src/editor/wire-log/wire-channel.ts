import * as vscode from 'vscode';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { WireEvent } from '../../core/wire/recording.ts';
import { settings } from '../settings.ts';
import { WireBacklog } from './wire-backlog.ts';
import type { WireFormatter } from './wire-formatter.ts';

const flushIntervalMs = 50;
/** For so long at most the log is written at a time, while calls wait for their turn. */
const sliceMs = 4;
/** What is shown of a channel VS Code keeps in the extension host as well, and without a bound: it begins anew there. */
const maxShownChars = 8 * 1024 * 1024;

/** The output channel "Hot Functions Wire": every exchange, appended in batches. */
export class WireChannel implements Disposable {
  #credentialsShown = false;
  readonly #channel: vscode.OutputChannel;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #onError: (error: unknown) => void;
  /** Loaded with the first exchange: many windows have none. */
  #formatter: WireFormatter | 'loading' | undefined;
  readonly #backlog = new WireBacklog();
  #shownChars = 0;
  #timer: Disposable | undefined;

  constructor(onWire: Event<WireEvent>, clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#channel = this.#owned.add(vscode.window.createOutputChannel('Hot Functions Wire', 'hot-functions-wire'));
    this.#owned.add(onWire((event) => this.#add(event)));
  }

  /** Whether messages from now on are shown with their credentials. Never remembered. */
  showCredentials(shown: boolean): void {
    this.#write(Number.POSITIVE_INFINITY);
    this.#credentialsShown = shown;
  }

  show(): void {
    this.#write(Number.POSITIVE_INFINITY);
    this.#channel.show(true);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #add(event: WireEvent): void {
    if (this.#backlog.full) {
      this.#write(Number.POSITIVE_INFINITY);
    }
    if (this.#backlog.full) {
      // The formatter is still being loaded, or cannot be.
      return;
    }
    this.#backlog.add(event);
    if (this.#formatter === undefined) {
      this.#formatter = 'loading';
      void this.#load().catch(this.#onError);
    } else if (this.#formatter !== 'loading') {
      this.#timer ??= this.#clock.after(flushIntervalMs, () => this.#write(sliceMs));
    }
  }

  async #load(): Promise<void> {
    const [{ WireFormatter, noMask }, { CredentialMask }, { secretNames }] = await Promise.all([
      import('./wire-formatter.ts'),
      import('../../core/wire/mask.ts'),
      import('../../core/wire/secret-names.ts'),
    ]);
    this.#formatter = new WireFormatter({
      maxBytesPerMessage: settings.wireMaxBytesPerMessage,
      newMask: () => (this.#credentialsShown ? noMask : new CredentialMask(secretNames(settings.secretNames()))),
    });
    this.#write(sliceMs);
  }

  /** Writes down what has come, for no longer than `forMs`; the rest has its turn soon. */
  #write(forMs: number): void {
    const formatter = this.#formatter;
    if (formatter === undefined || formatter === 'loading') {
      return;
    }
    this.#timer?.dispose();
    this.#append(this.#textOf(formatter, forMs));
    this.#timer = this.#backlog.empty ? undefined : this.#clock.after(0, () => this.#write(sliceMs));
  }

  #textOf(formatter: WireFormatter, forMs: number): string {
    const since = this.#clock.now();
    const texts: string[] = [];
    for (let event = this.#backlog.take(); event !== undefined; event = this.#backlog.take()) {
      texts.push(formatter.format(event));
      if (this.#clock.now() - since > forMs) {
        break;
      }
    }
    const leftOut = this.#backlog.takeLeftOut();
    if (leftOut > 0) {
      texts.push(`\n… ${leftOut === 1 ? 'an exchange' : `${leftOut} exchanges`} came too fast to be shown\n`);
    }
    return texts.join('');
  }

  #append(text: string): void {
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
