import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable.ts';
import type { RouteId } from '../../core/route.ts';
import { noPayload, type Payload, payloadOfText } from './payload.ts';

const fromFile: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('file'), tooltip: 'Use a File as Payload…' };
const without: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('circle-slash'),
  tooltip: 'Invoke Without Payload',
};

/** Asks for a payload, beginning with the last one. Undefined when the person changed their mind. */
export async function askPayload(routeId: RouteId, last: Payload): Promise<Payload | undefined> {
  const answer = await askLine(routeId, last);
  return answer === 'file' ? askFile(routeId, last) : answer;
}

function askLine(routeId: RouteId, last: Payload): Promise<Payload | 'file' | undefined> {
  const owned = new DisposableStore();
  const input = owned.add(vscode.window.createInputBox());
  input.title = `Invoke ${routeId}`;
  input.prompt = 'Enter calls with this payload (POST); an empty one calls without (GET).';
  input.placeholder = last.kind === 'file' ? `Payload (last time the file ${nameOf(last.uri)})` : 'Payload';
  input.buttons = [fromFile, without];
  if (last.kind === 'text') {
    input.value = last.text;
  }
  const { promise, resolve } = Promise.withResolvers<Payload | 'file' | undefined>();
  owned.add(input.onDidAccept(() => resolve(payloadOfText(input.value))));
  owned.add(input.onDidTriggerButton((button) => resolve(button === fromFile ? 'file' : noPayload)));
  owned.add(input.onDidHide(() => resolve(undefined)));
  input.show();
  return promise.finally(() => owned.dispose());
}

async function askFile(routeId: RouteId, last: Payload): Promise<Payload | undefined> {
  const options: vscode.OpenDialogOptions = { title: `Payload for ${routeId}`, openLabel: 'Use as Payload' };
  if (last.kind === 'file') {
    options.defaultUri = vscode.Uri.parse(last.uri);
  }
  const [uri] = (await vscode.window.showOpenDialog(options)) ?? [];
  return uri === undefined ? undefined : { kind: 'file', uri: uri.toString() };
}

function nameOf(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}
