import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import { tokenHeader } from '../../gateway/guard.ts';
import { endpointCommandIds as ids } from '../command-ids.ts';
import { givenOrPicked } from '../commands/given-route.ts';
import type { CommandTable } from '../commands/register-commands.ts';
import { PayloadMemory } from '../invoke/payload-memory.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { curlCommand, routeUrl } from './curl-command.ts';
import { takenPort } from './describe-endpoint.ts';
import type { EndpointToken } from './endpoint-token.ts';
import type { ListeningEndpoint, LocalEndpoint } from './local-endpoint.ts';

const noticeMs = 5000;

export interface EndpointCommandsDependencies {
  readonly endpoint: LocalEndpoint;
  readonly token: EndpointToken;
  readonly routes: WorkspaceRoutes;
  readonly memory: vscode.Memento;
}

export type EndpointCommandTable = CommandTable<(typeof ids)[keyof typeof ids]>;

export function endpointCommands({
  endpoint,
  token,
  routes,
  memory,
}: EndpointCommandsDependencies): EndpointCommandTable {
  const payloads = new PayloadMemory(memory);
  return {
    [ids.startEndpoint]: async () => {
      tellWhere(await endpoint.start());
    },
    [ids.stopEndpoint]: () => endpoint.stop(),
    [ids.endpointActions]: () => pickAction(token),
    [ids.copyEndpointAddress]: async () => {
      const listening = await listeningOrStarted(endpoint);
      await (listening && copy(listening.address, 'The address'));
    },
    [ids.openEndpoint]: async () => {
      const listening = await listeningOrStarted(endpoint, 'Start and Open');
      // The editor forwards what is local by itself.
      await (listening && vscode.env.openExternal(vscode.Uri.parse(`${listening.localAddress}/v1/apps`)));
    },
    [ids.showEndpointToken]: async () => {
      const value = await required(token);
      const prompt = `Callers send it as "${headerName}: <token>" or "Authorization: Bearer <token>".`;
      await vscode.window.showInputBox({ title: 'Token of the Local Endpoint', prompt, value });
    },
    [ids.copyEndpointToken]: async () => copy(await required(token), 'The token'),
    [ids.rotateEndpointToken]: async () => {
      await required(token);
      await token.rotate();
      notice('$(check) The local endpoint has a new token; the old one is not taken any more');
    },
    [ids.copyUrl]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Copy URL');
      const listening = defined && (await listeningOrStarted(endpoint));
      await (listening && copy(routeUrl(listening.address, defined.route), 'The URL'));
    },
    [ids.copyCurl]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Copy as curl');
      const listening = defined && (await listeningOrStarted(endpoint));
      if (defined === undefined || listening === undefined) {
        return;
      }
      const { route } = defined;
      const command = curlCommand({
        url: routeUrl(listening.address, route),
        payload: payloads.last(route.id),
        pathOf: (uri) => vscode.Uri.parse(uri).fsPath,
        tokenHeader: token.value === undefined ? undefined : [headerName, token.value],
        needsSignedToken: route.jwtKey !== undefined,
      });
      await copy(command, 'The command');
    },
  };
}

const headerName = tokenHeader.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

function tellWhere(listening: ListeningEndpoint): void {
  const taken = takenPort(listening);
  if (taken === undefined) {
    notice(`$(broadcast) The local endpoint listens at ${listening.address}`);
    return;
  }
  const settingsButton = 'Open Settings';
  // Not awaited: the command is over, the message may stay for as long as it likes.
  void vscode.window
    .showInformationMessage(`The local endpoint has started. ${taken}.`, settingsButton)
    .then((answer) => {
      if (answer === settingsButton) {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'hotFunctions.endpoint.port');
      }
    });
}

/** Undefined where it does not listen and is not to. */
async function listeningOrStarted(
  endpoint: LocalEndpoint,
  start = 'Start and Copy',
): Promise<ListeningEndpoint | undefined> {
  if (endpoint.state.kind === 'listening') {
    return endpoint.state;
  }
  const answer = await vscode.window.showInformationMessage('The local endpoint is not started.', start);
  return answer === start ? endpoint.start() : undefined;
}

async function required(token: EndpointToken): Promise<string> {
  await token.load();
  if (token.value === undefined) {
    throw new HotFunctionsError('invalid-request', 'Callers of the local endpoint need no token here.', {
      hint: 'The setting hotFunctions.endpoint.token asks for one.',
    });
  }
  return token.value;
}

async function pickAction(token: EndpointToken): Promise<void> {
  const actions = [
    ['copy', 'Copy Address', ids.copyEndpointAddress],
    ...(token.value === undefined
      ? [['link-external', 'Open in Browser', ids.openEndpoint] as const]
      : [
          ['key', 'Copy Token', ids.copyEndpointToken] as const,
          ['eye', 'Show Token', ids.showEndpointToken] as const,
          ['refresh', 'Rotate Token', ids.rotateEndpointToken] as const,
        ]),
    ['debug-stop', 'Stop Local Endpoint', ids.stopEndpoint],
  ] as const;
  const picked = await vscode.window.showQuickPick(
    actions.map(([icon, label, command]) => ({ label, command, iconPath: new vscode.ThemeIcon(icon) })),
    { title: 'Local Endpoint' },
  );
  await (picked && vscode.commands.executeCommand(picked.command));
}

async function copy(text: string, what: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  notice(`$(check) ${what} is in the clipboard`);
}

function notice(text: string): void {
  vscode.window.setStatusBarMessage(text, noticeMs);
}
