import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { endpointCommandIds as ids } from '../command-ids.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import type { EndpointToken } from './endpoint-token.ts';
import type { LocalEndpoint } from './local-endpoint.ts';

/** Where the endpoint listens, in the status bar and for menus. Shown only while it does. */
export function showEndpoint(endpoint: LocalEndpoint, token: EndpointToken): Disposable {
  const owned = new DisposableStore();
  const item = owned.add(
    vscode.window.createStatusBarItem('hotFunctions.endpoint', vscode.StatusBarAlignment.Left, -1),
  );
  item.name = 'Hot Functions Endpoint';
  item.command = ids.endpointActions;
  const show = (): void => {
    const { state } = endpoint;
    const isOpen = token.value === undefined;
    void vscode.commands.executeCommand('setContext', 'hotFunctions.endpoint.listening', state.kind === 'listening');
    void vscode.commands.executeCommand('setContext', 'hotFunctions.endpoint.open', isOpen);
    if (state.kind !== 'listening') {
      item.hide();
      return;
    }
    const { text, tooltip, spoken } = describeEndpoint(state, isOpen);
    const links = [
      ['Copy Address', ids.copyEndpointAddress],
      // A browser has no way to show a token.
      isOpen ? ['Open in Browser', ids.openEndpoint] : ['Copy Token', ids.copyEndpointToken],
      ['Stop', ids.stopEndpoint],
    ] as const;
    const markdown = new vscode.MarkdownString(
      [...tooltip, links.map(([title, command]) => `[${title}](command:${command})`).join(' · ')].join('\n\n'),
    );
    markdown.isTrusted = { enabledCommands: links.map(([, command]) => command) };
    item.text = text;
    item.tooltip = markdown;
    item.accessibilityInformation = { label: spoken, role: 'button' };
    item.show();
  };
  owned.add(endpoint.onDidChange(show));
  owned.add(token.onDidChange(show));
  return owned;
}
