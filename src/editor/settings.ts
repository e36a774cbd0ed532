import * as vscode from 'vscode';
import type { EnginePreference } from '../core/engine-preference.ts';

const section = 'hotFunctions';

function read<T>(key: string, fallback: T): T {
  return vscode.workspace.getConfiguration(section).get<T>(key) ?? fallback;
}

function atLeast(minimum: number, value: number): number {
  return Number.isFinite(value) ? Math.max(minimum, value) : minimum;
}

/** The settings as they are now; each is read when it is needed, so a change counts at once. */
export const settings = {
  engine: (): EnginePreference => {
    const value = read<string>('engine', 'auto');
    return value === 'docker' || value === 'process' ? value : 'auto';
  },
  dockerHost: (): string => read('docker.host', '').trim(),
  dockerBuildArgs: (): Readonly<Record<string, string>> => read('docker.buildArgs', {}),
  routeFiles: (): readonly string[] => read<string[]>('routeFiles', []),
  /** In MiB; undefined where the user leaves it to us. */
  memoryBudgetMiB: (): number | undefined => {
    const value = read('memoryBudget', 0);
    return value > 0 ? value : undefined;
  },
  responseMaxBytes: (): number => atLeast(1024, read('response.maxBytes', 8 * 1024 * 1024)),
  wireMaxBytesPerMessage: (): number => atLeast(0, read('wire.maxBytesPerMessage', 16 * 1024)),
} as const;

export function affects(event: vscode.ConfigurationChangeEvent, ...keys: readonly string[]): boolean {
  return keys.some((key) => event.affectsConfiguration(`${section}.${key}`));
}
