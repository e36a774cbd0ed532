import type { Engine, EngineKind } from './engine.ts';

/** What a person asked for. `auto` is decided once and never falls back by itself later. */
export type EnginePreference = 'auto' | EngineKind;

export interface SelectedEngine {
  readonly engine: Engine;
  /** Why this one, as a sentence for people. */
  readonly why: string;
}
