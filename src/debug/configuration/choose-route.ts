import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import { pickRoute } from '../../editor/invoke/pick-route.ts';
import type { DefinedRoute } from '../../editor/routes/defined-route.ts';
import { routesAtHand } from '../../editor/routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../../editor/routes/workspace-routes.ts';
import { routesMeant, routesOfCode } from './routes-meant.ts';

const title = 'Debug Function';

/**
 * The route that a person means who says nothing: the one at the cursor, that of the open code, or the only one;
 * else one that they pick. Undefined when they changed their mind.
 */
export async function chooseRoute(routes: WorkspaceRoutes): Promise<DefinedRoute | undefined> {
  await routes.ready;
  const editor = vscode.window.activeTextEditor;
  if (editor !== undefined) {
    const here = (await routesIn(routes, editor.document)) ?? routesOfCode(routes.routes(), editor.document.uri.fsPath);
    if (here.length > 0) {
      return here.length === 1 ? here[0] : (atCursor(here, editor) ?? pickRoute(title, { active: here, saved: [] }));
    }
  }
  const saved = routes.routes();
  if (saved.length === 0) {
    throw new HotFunctionsError('unknown-route', 'This workspace has no function that could be debugged.', {
      hint: 'A function is a folder with a func.yaml.',
    });
  }
  return saved.length === 1 ? saved[0] : pickRoute(title, await routesAtHand(routes));
}

/**
 * The route that a launch configuration names, as its file stands now; one of several is picked.
 *
 * @param baseFolder what a relative file is below
 * @throws HotFunctionsError `invalid-request` where it is none, `invalid-route` where its definition has an error
 */
export async function findRoute(
  routes: WorkspaceRoutes,
  text: string,
  baseFolder: string | undefined,
): Promise<DefinedRoute | undefined> {
  await routes.ready;
  const meant = routesMeant(routes.routes(), text, baseFolder);
  const editor = vscode.window.activeTextEditor;
  const edited = editor?.document.uri.fsPath === text ? await routesIn(routes, editor.document) : undefined;
  const found = edited ?? meant;
  if (found.length > 1) {
    const here = edited === undefined || editor === undefined ? undefined : atCursor(found, editor);
    return here ?? pickRoute(title, { active: found, saved: [] });
  }
  if (found[0] === undefined) {
    const known = routes.routes().map(({ route }) => route.id);
    throw new HotFunctionsError('invalid-request', `"${text}" is no route of this workspace, and no file of one.`, {
      hint: known.length === 0 ? 'The workspace has no routes.' : `Its routes: ${known.sort().slice(0, 8).join(', ')}.`,
    });
  }
  return found[0];
}

/** What a document defines, with its text as it is now; undefined for one that defines nothing. */
async function routesIn(
  routes: WorkspaceRoutes,
  document: vscode.TextDocument,
): Promise<readonly DefinedRoute[] | undefined> {
  if (!routes.mayDefine(document.uri)) {
    return undefined;
  }
  const { routes: defined, problems } = await routes.read(document);
  const error = problems.find(({ severity }) => severity === 'error');
  if (defined.length === 0 && error !== undefined) {
    const file = vscode.workspace.asRelativePath(document.uri);
    throw new HotFunctionsError('invalid-route', `${file} cannot be debugged as it stands: ${error.message}`);
  }
  return defined.length === 0 ? undefined : defined;
}

/** The last of the routes that begins at or above the cursor's line. */
function atCursor(
  defined: readonly DefinedRoute[],
  { document, selection }: vscode.TextEditor,
): DefinedRoute | undefined {
  return defined.findLast(({ range }) => document.positionAt(range.offset).line <= selection.active.line);
}
