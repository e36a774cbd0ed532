import type { Engine } from '../../core/engine.ts';
import type { EnginePreference, SelectedEngine } from '../../core/engine-preference.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { Emitter, type Event } from '../../core/event.ts';

export type EngineState =
  | { readonly kind: 'none' }
  | { readonly kind: 'selecting'; readonly preference: EnginePreference }
  | { readonly kind: 'selected'; readonly preference: EnginePreference; readonly selected: SelectedEngine }
  | { readonly kind: 'failed'; readonly preference: EnginePreference; readonly error: HotFunctionsError };

export interface EngineChoiceDependencies {
  preference(): EnginePreference;
  isTrusted(): boolean;
  /** Makes the engine, or throws `engine-unavailable`. */
  select(preference: EnginePreference): Promise<SelectedEngine>;
  /** Ends what runs on an engine before that is given up for another one. */
  vacate(): Promise<void>;
}

/**
 * Which engine runs functions. Chosen once, at the first need, and then kept: an engine that is lost makes calls
 * fail and is never replaced by another kind behind the user's back. A failed choice is tried again at the next need.
 */
export class EngineChoice {
  readonly #dependencies: EngineChoiceDependencies;
  readonly #onDidChange = new Emitter<EngineState>();
  readonly onDidChange: Event<EngineState> = this.#onDidChange.event;
  #state: EngineState = { kind: 'none' };
  #selecting: Promise<Engine> | undefined;
  #closed = false;

  constructor(dependencies: EngineChoiceDependencies) {
    this.#dependencies = dependencies;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The engine, chosen now if it has not been. */
  engine(): Promise<Engine> {
    if (!this.#dependencies.isTrusted()) {
      return Promise.reject(untrustedWorkspace());
    }
    if (this.#state.kind === 'selected') {
      return Promise.resolve(this.#state.selected.engine);
    }
    this.#selecting ??= this.#select();
    return this.#selecting;
  }

  /** Chooses anew: another preference, another Docker host, or the same ones once more. */
  async reselect(): Promise<void> {
    // A choice that is under way is for the old preference: its engine is given up as soon as it is there.
    await this.#selecting?.catch(() => {});
    await this.#giveUp();
    await this.engine().catch(() => {});
  }

  async dispose(): Promise<void> {
    this.#closed = true;
    await this.#selecting?.catch(() => {});
    await this.#giveUp();
    this.#onDidChange.dispose();
  }

  async #select(): Promise<Engine> {
    const preference = this.#dependencies.preference();
    this.#become({ kind: 'selecting', preference });
    try {
      if (this.#closed) {
        throw new HotFunctionsError('closing', 'Hot Functions is shutting down.');
      }
      const selected = await this.#dependencies.select(preference);
      this.#become({ kind: 'selected', preference, selected });
      return selected.engine;
    } catch (error) {
      this.#become({ kind: 'failed', preference, error: asExpected(error) });
      throw error;
    } finally {
      this.#selecting = undefined;
    }
  }

  async #giveUp(): Promise<void> {
    if (this.#state.kind !== 'selected') {
      return;
    }
    const { engine } = this.#state.selected;
    this.#become({ kind: 'none' });
    try {
      await this.#dependencies.vacate();
    } finally {
      await engine.dispose();
    }
  }

  #become(state: EngineState): void {
    this.#state = state;
    this.#onDidChange.fire(state);
  }
}

export function untrustedWorkspace(): HotFunctionsError {
  return new HotFunctionsError('untrusted-workspace', 'Functions do not run in a workspace that is not trusted.', {
    hint: 'Trust the workspace first (Workspaces: Manage Workspace Trust).',
  });
}

function asExpected(error: unknown): HotFunctionsError {
  return error instanceof HotFunctionsError
    ? error
    : new HotFunctionsError('engine-unavailable', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
}
