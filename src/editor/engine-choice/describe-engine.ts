import type { EngineState } from './engine-choice.ts';

export interface EngineText {
  /** A word or two, for the status bar. */
  readonly short: string;
  /** Sentences for the tooltip. */
  readonly long: readonly string[];
  readonly isFailure: boolean;
}

export function describeEngine(state: EngineState): EngineText {
  switch (state.kind) {
    case 'none':
      return { short: 'no engine', long: ['No engine has been needed yet.'], isFailure: false };
    case 'selecting':
      return { short: 'looking for an engine…', long: ['Looking for an engine…'], isFailure: false };
    case 'selected': {
      const { engine, why } = state.selected;
      return {
        short: engine.kind === 'docker' ? 'Docker' : 'this machine',
        long: [`${engine.description}.`, why],
        isFailure: false,
      };
    }
    case 'failed':
      return {
        short: 'no engine',
        long: [state.error.message, ...(state.error.hint === undefined ? [] : [state.error.hint])],
        isFailure: true,
      };
    default:
      return state satisfies never;
  }
}
