import * as vscode from 'vscode';
import type { FileKind } from '../../core/files/classify-file.ts';
import type { ParsedApp } from '../../core/files/parse-app-file.ts';
import type { FileContext, ParsedFile } from '../../core/files/parsed-file.ts';

/** The parsers and, through them, the YAML library are loaded when the first file is parsed, not on activation. */
export async function parseApp(text: string): Promise<ParsedApp> {
  const { parseAppFile } = await import('../../core/files/parse-app-file.ts');
  return parseAppFile(text);
}

export async function parseRoutes(kind: FileKind, text: string, context: FileContext): Promise<ParsedFile> {
  switch (kind) {
    case 'func-yaml':
    case 'func-json': {
      const { parseFunctionFile } = await import('../../core/files/parse-function-file.ts');
      return parseFunctionFile(text, context, kind === 'func-yaml' ? 'yaml' : 'json');
    }
    case 'route-json': {
      const { parseRouteFile } = await import('../../core/files/parse-route-file.ts');
      return parseRouteFile(text, context);
    }
    case 'app-yaml':
    case 'none':
      return { kind: 'foreign' };
    default:
      return kind satisfies never;
  }
}

/** The app files of the workspace, by the folder they are in. */
export type Apps = ReadonlyMap<string, Extract<ParsedApp, { kind: 'app' }>>;

/** The nearest app upwards inside the workspace folder, else the workspace folder itself. */
export function contextOf(uri: vscode.Uri, apps: Apps): FileContext {
  const root = vscode.workspace.getWorkspaceFolder(uri);
  const folder = vscode.Uri.joinPath(uri, '..');
  const rootUri = root?.uri ?? folder;
  const rootName = root?.name ?? 'app';
  for (let at = folder; ; at = vscode.Uri.joinPath(at, '..')) {
    const app = apps.get(at.toString());
    const isRoot = at.path.length <= rootUri.path.length;
    if (app !== undefined || isRoot) {
      return {
        app: { name: app?.name ?? nameOf(rootName), config: app?.config ?? {} },
        folder: folder.fsPath,
        folderBelowApp: folder.path.slice(at.path.length).replace(/^\/+/, ''),
      };
    }
  }
}

/** Each app by its name, with its config; of two with one name the first. */
export function namedApps(
  apps: Apps,
): readonly { readonly name: string; readonly config: Readonly<Record<string, string>> }[] {
  const named = new Map<string, Readonly<Record<string, string>>>();
  for (const [folder, { name, config }] of apps) {
    const known = name ?? nameOf(vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder))?.name ?? 'app');
    if (!named.has(known)) {
      named.set(known, config);
    }
  }
  return [...named].map(([name, config]) => ({ name, config }));
}

/** A folder may have a name that an app cannot have: its id would not come apart again. */
function nameOf(folderName: string): string {
  const name = folderName.replace(/[\s/:?#]+/g, '-');
  return name === '' ? 'app' : name;
}
