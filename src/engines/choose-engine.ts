import type { EnginePreference, SelectedEngine } from '../core/engine-preference.ts';
import { type MachineEnginesOptions, machineEngines } from './machine-engines.ts';
import { selectEngine } from './select-engine.ts';

/** @throws an error with the code `engine-unavailable` */
export function chooseEngine(preference: EnginePreference, options: MachineEnginesOptions): Promise<SelectedEngine> {
  return selectEngine(preference, machineEngines(options));
}
