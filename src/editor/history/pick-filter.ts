import * as vscode from 'vscode';
import type { CallState } from '../../core/calls/call-record.ts';
import type { RouteId } from '../../core/route.ts';
import type { HistoryFilter } from './history-filter.ts';

const states: readonly (readonly [state: CallState, label: string, icon: string])[] = [
  ['queued', 'Queued', 'clock'],
  ['running', 'Running', 'loading'],
  ['done', 'Done', 'check'],
  ['failed', 'Failed', 'error'],
  ['cancelled', 'Cancelled', 'circle-slash'],
];

/** Asks which calls are to be shown. Undefined when the person changed their mind. */
export async function pickFilter(
  routeIds: readonly RouteId[],
  current: HistoryFilter,
): Promise<HistoryFilter | undefined> {
  const all: vscode.QuickPickItem & { routeId?: RouteId } = {
    label: 'All Routes',
    iconPath: new vscode.ThemeIcon('list-flat'),
  };
  const route = await vscode.window.showQuickPick<vscode.QuickPickItem & { routeId?: RouteId }>(
    [all, ...routeIds.map((routeId) => ({ label: routeId, routeId, iconPath: new vscode.ThemeIcon('flame') }))],
    { title: 'Filter History (1/2)', placeHolder: 'Calls to which route?' },
  );
  if (route === undefined) {
    return undefined;
  }
  const wanted = await vscode.window.showQuickPick(
    states.map(([state, label, icon]) => ({
      label,
      state,
      iconPath: new vscode.ThemeIcon(icon),
      picked: current.states?.includes(state) ?? true,
    })),
    { title: 'Filter History (2/2)', placeHolder: 'Calls in which state?', canPickMany: true },
  );
  if (wanted === undefined) {
    return undefined;
  }
  return {
    ...(route.routeId === undefined ? {} : { routeId: route.routeId }),
    ...(wanted.length === 0 || wanted.length === states.length ? {} : { states: wanted.map(({ state }) => state) }),
  };
}
