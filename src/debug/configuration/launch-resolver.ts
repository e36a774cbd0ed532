import * as vscode from 'vscode';
import type { Engine } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { commandIds } from '../../editor/command-ids.ts';
import type { Admission } from '../../editor/engine-choice/admission.ts';
import { untrustedWorkspace } from '../../editor/engine-choice/engine-choice.ts';
import { noPayload, type Payload } from '../../editor/invoke/payload.ts';
import { PayloadMemory } from '../../editor/invoke/payload-memory.ts';
import { showFailure } from '../../editor/invoke/show-failure.ts';
import type { DefinedRoute } from '../../editor/routes/defined-route.ts';
import { routeInDocument } from '../../editor/routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../../editor/routes/workspace-routes.ts';
import { chooseRoute, findRoute } from './choose-route.ts';
import { debugType, type LaunchConfiguration, type LaunchedCall } from './launch-configuration.ts';
import { readAttributes } from './read-attributes.ts';

export interface LaunchResolverDependencies {
  readonly routes: WorkspaceRoutes;
  readonly admission: Admission;
  engine(): Promise<Engine>;
  /** Where the payloads of the last invocations are. */
  readonly memory: vscode.Memento;
}

/** A configuration, or what the editor does without one: `undefined` nothing, `null` open launch.json. */
type Resolved = vscode.DebugConfiguration | undefined | null;

/** Makes of what a person has written, or of nothing at all, a launch configuration that a session can run. */
export class LaunchResolver {
  readonly #dependencies: LaunchResolverDependencies;

  constructor(dependencies: LaunchResolverDependencies) {
    this.#dependencies = dependencies;
  }

  /** F5 without a launch.json comes with nothing: the route is what is at the cursor. */
  fill(configuration: vscode.DebugConfiguration): Promise<Resolved> {
    if (configuration.request === 'attach' || configuration['route'] !== undefined) {
      return Promise.resolve(configuration);
    }
    return this.#attempt(undefined, async () => {
      const defined = await chooseRoute(this.#dependencies.routes);
      return defined && { ...configuration, ...launchOf(defined), ...nameOf(configuration) };
    });
  }

  /** Checks it, finds its route, and asks what must be asked before a function runs. */
  resolve(folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): Promise<Resolved> {
    if (configuration.request === 'attach') {
      // The session of the debugger inside a container: it is one of ours.
      return Promise.resolve(configuration);
    }
    return this.#attempt(isWritten(configuration, folder) ? null : undefined, async () => {
      const { admission, engine, memory } = this.#dependencies;
      if (!admission.isTrusted) {
        throw untrustedWorkspace();
      }
      const attributes = readAttributes(configuration);
      const defined = await this.#routeOf(configuration, folder);
      if (defined === undefined) {
        return undefined;
      }
      if (configuration['noDebug'] === true) {
        await vscode.commands.executeCommand(commandIds.invokeRoute, defined);
        return undefined;
      }
      if (!(await admission.confirm(await engine()))) {
        return undefined;
      }
      // Who attaches to a container makes their calls themselves.
      const last = attributes.container === undefined ? new PayloadMemory(memory).last(defined.route.id) : noPayload;
      const call = attributes.call ?? callOf(last);
      return {
        ...configuration,
        ...attributes,
        ...(call === undefined ? {} : { call }),
        ...launchOf(defined),
        ...nameOf(configuration),
      };
    });
  }

  async #routeOf(
    configuration: vscode.DebugConfiguration,
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<DefinedRoute | undefined> {
    const { routes } = this.#dependencies;
    const route = String(configuration['route']);
    const { definedIn } = configuration;
    return typeof definedIn === 'string'
      ? routeInDocument(routes, vscode.Uri.parse(definedIn, true), route)
      : findRoute(routes, route, folder?.uri.fsPath);
  }

  /** @param otherwise what the editor is told when there is nothing to run */
  async #attempt(otherwise: undefined | null, run: () => Promise<Resolved>): Promise<Resolved> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof HotFunctionsError)) {
        throw error;
      }
      // Not awaited: the message may stay for as long as it likes.
      void showFailure(error, undefined);
      return error.code === 'invalid-request' ? otherwise : undefined;
    }
  }
}

/** What starts a debug session of a route, from a lens or the tree. */
export function launchOf({ route, uri }: DefinedRoute): LaunchConfiguration {
  return { type: debugType, request: 'launch', name: route.id, route: route.id, definedIn: uri.toString() };
}

/** Whether it is one of a launch.json, where its mistakes can be mended. */
function isWritten({ name }: vscode.DebugConfiguration, folder: vscode.WorkspaceFolder | undefined): boolean {
  const written = vscode.workspace.getConfiguration('launch', folder).get<readonly unknown[]>('configurations', []);
  return written.some((one) => typeof one === 'object' && one !== null && 'name' in one && one.name === name);
}

function nameOf({ name }: vscode.DebugConfiguration): { readonly name?: string } {
  return typeof name === 'string' && name !== '' ? { name } : {};
}

function callOf(payload: Payload): LaunchedCall | undefined {
  switch (payload.kind) {
    case 'none':
      return undefined;
    case 'text':
      return { body: payload.text };
    case 'file':
      return { bodyFile: vscode.Uri.parse(payload.uri).fsPath };
    default:
      return payload satisfies never;
  }
}
