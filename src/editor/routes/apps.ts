import { dirname, posix } from 'node:path';
import * as vscode from 'vscode';
import type { ParsedApp } from '../../core/files/parse-app-file.ts';
import type { FileContext } from '../../core/files/parsed-file.ts';

/** What an app file says, and where. */
export interface DefinedApp {
  readonly folder: vscode.Uri;
  readonly app: Extract<ParsedApp, { kind: 'app' }>;
}

/** The app files of the workspace, by the folder they are in. */
export type Apps = ReadonlyMap<string, DefinedApp>;

/** Not a URI's own text, whose escapes would take longer than all the rest. */
export function folderKey({ scheme, authority }: vscode.Uri, path: string): string {
  return `${scheme}://${authority}${path}`;
}

/** The nearest app upwards inside the workspace folder, else the workspace folder itself. */
export function contextOf(uri: vscode.Uri, apps: Apps): FileContext {
  const folderPath = posix.dirname(uri.path);
  const root = vscode.workspace.getWorkspaceFolder(uri);
  const rootPath = root?.uri.path ?? folderPath;
  for (let at = folderPath; ; at = posix.dirname(at)) {
    const app = apps.get(folderKey(uri, at))?.app;
    if (app !== undefined || at.length <= rootPath.length) {
      return {
        app: { name: app?.name ?? nameOf(root?.name), config: app?.config ?? {} },
        folder: dirname(uri.fsPath),
        folderBelowApp: folderPath.slice(at.length).replace(/^\/+/, ''),
      };
    }
  }
}

/** Each app by its name, with its config; of two with one name the first. */
export function namedApps(
  apps: Apps,
): readonly { readonly name: string; readonly config: Readonly<Record<string, string>> }[] {
  const named = new Map<string, Readonly<Record<string, string>>>();
  for (const { folder, app } of apps.values()) {
    const name = app.name ?? nameOf(vscode.workspace.getWorkspaceFolder(folder)?.name);
    if (!named.has(name)) {
      named.set(name, app.config);
    }
  }
  return [...named].map(([name, config]) => ({ name, config }));
}

/** A folder may have a name that an app cannot have: its id would not come apart again. */
function nameOf(folderName = 'app'): string {
  const name = folderName.replace(/[\s/:?#]+/g, '-');
  return name === '' ? 'app' : name;
}
