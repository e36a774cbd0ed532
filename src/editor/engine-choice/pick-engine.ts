import * as vscode from 'vscode';
import type { EnginePreference } from '../../core/engine-preference.ts';
import { settings } from '../settings.ts';
import { describeEngine } from './describe-engine.ts';
import type { EngineChoice } from './engine-choice.ts';

interface EngineItem extends vscode.QuickPickItem {
  readonly preference: EnginePreference;
}

const items: readonly EngineItem[] = [
  {
    preference: 'auto',
    label: 'Automatic',
    iconPath: new vscode.ThemeIcon('wand'),
    detail: 'Docker if an engine answers now, else this machine. Decided once, never changed behind your back.',
  },
  {
    preference: 'docker',
    label: 'Docker',
    iconPath: new vscode.ThemeIcon('package'),
    detail: 'Each function in a container with its memory limit.',
  },
  {
    preference: 'process',
    label: 'This Machine',
    iconPath: new vscode.ThemeIcon('terminal'),
    detail: 'Functions as processes in their folders: no container, no memory limit. Asks once in each workspace.',
  },
];

/** Asks which engine to use, writes the setting, and looks for that engine anew even if the setting stays. */
export async function pickEngine(engines: EngineChoice): Promise<void> {
  const now = settings.engine();
  const taken = describeEngine(engines.state).long[0] ?? '';
  const picked = await vscode.window.showQuickPick(
    items.map((item) => (item.preference === now ? { ...item, description: 'current' } : item)),
    { title: 'Select Engine', placeHolder: `Where functions run. Now: ${taken}` },
  );
  if (picked === undefined) {
    return;
  }
  if (picked.preference === now) {
    await engines.reselect();
    return;
  }
  // The change of the setting makes the choice anew; see the composition root.
  const configuration = vscode.workspace.getConfiguration('hotFunctions');
  const inWorkspace = configuration.inspect('engine')?.workspaceValue !== undefined;
  await configuration.update('engine', picked.preference, !inWorkspace);
}
