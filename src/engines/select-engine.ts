import type { Engine } from '../core/engine.ts';
import type { EnginePreference, SelectedEngine } from '../core/engine-preference.ts';
import { HotFunctionsError } from '../core/errors.ts';

/** Each finds or makes its engine, or throws `engine-unavailable`. */
export interface EngineFactories {
  docker(): Promise<Engine>;
  process(): Promise<Engine>;
}

/** `auto` takes Docker if an engine answers now; otherwise what was asked for, or its own failure. */
export async function selectEngine(preference: EnginePreference, engines: EngineFactories): Promise<SelectedEngine> {
  switch (preference) {
    case 'docker':
      return { engine: await engines.docker(), why: 'Chosen in the settings.' };
    case 'process':
      return { engine: await engines.process(), why: 'Chosen in the settings.' };
    case 'auto':
      try {
        return { engine: await engines.docker(), why: 'Chosen because a Docker Engine answered.' };
      } catch (error) {
        if (!(error instanceof HotFunctionsError && error.code === 'engine-unavailable')) {
          throw error;
        }
        return { engine: await engines.process(), why: `Chosen because Docker is not available. ${error.message}` };
      }
    default:
      return preference satisfies never;
  }
}
