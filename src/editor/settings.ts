import * as vscode from 'vscode';
import type { EnginePreference } from '../core/engine-preference.ts';

const section = 'hotFunctions';

/** @param key below `hotFunctions` */
export function readSetting<T>(key: string, fallback: T): T {
  return vscode.workspace.getConfiguration(section).get<T>(key) ?? fallback;
}

export function atLeast(minimum: number, value: number): number {
  return Number.isFinite(value) ? Math.max(minimum, value) : minimum;
}

/** The settings as they are now; each is read when it is needed, so a change counts at once. */
export const settings = {
  engine: (): EnginePreference => {
    const value = readSetting<string>('engine', 'auto');
    return value === 'docker' || value === 'process' ? value : 'auto';
  },
  dockerHost: (): string => readSetting('docker.host', '').trim(),
  dockerBuildArgs: (): Readonly<Record<string, string>> => readSetting('docker.buildArgs', {}),
  routeFiles: (): readonly string[] => readSetting<string[]>('routeFiles', []),
  /** In MiB; undefined where the user leaves it to us. */
  memoryBudgetMiB: (): number | undefined => {
    const value = readSetting('memoryBudget', 0);
    return value > 0 ? value : undefined;
  },
  responseMaxBytes: (): number => atLeast(1024, readSetting('response.maxBytes', 8 * 1024 * 1024)),
  wireMaxBytesPerMessage: (): number => atLeast(0, readSetting('wire.maxBytesPerMessage', 16 * 1024)),
  /** Names of credentials beside the usual ones. */
  secretNames: (): readonly string[] => readSetting<string[]>('secretNames', []),
} as const;

export function affects(event: vscode.ConfigurationChangeEvent, ...keys: readonly string[]): boolean {
  return keys.some((key) => event.affectsConfiguration(`${section}.${key}`));
}
