import * as vscode from 'vscode';
import type { Runner } from '../../core/runner.ts';
import { commandIds } from '../command-ids.ts';
import { askPayload } from '../invoke/ask-payload.ts';
import type { Invoker } from '../invoke/invoker.ts';
import type { PayloadMemory } from '../invoke/payload-memory.ts';
import { pickRoute } from '../invoke/pick-route.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { openDefinition } from '../routes/locate-definition.ts';
import { routeInDocument, routesAtHand } from '../routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { asTreeNode } from '../tree/tree-node.ts';
import type { CommandTable } from './register-commands.ts';

export interface RouteCommandsDependencies {
  readonly routes: WorkspaceRoutes;
  readonly runner: Runner;
  readonly invoker: Invoker;
  readonly payloads: PayloadMemory;
}

/** Commands about one route: of a row of the tree, of a lens, or one that is picked. */
export function routeCommands({ routes, runner, invoker, payloads }: RouteCommandsDependencies): CommandTable {
  const given = (argument: unknown): DefinedRoute | undefined => {
    if (isDefinedRoute(argument)) {
      return argument;
    }
    const node = asTreeNode(argument);
    return node === undefined || node.kind === 'app' ? undefined : routes.find(node.routeId);
  };
  const givenOrPicked = async (argument: unknown, title: string): Promise<DefinedRoute | undefined> =>
    given(argument) ?? (await pickRoute(title, await routesAtHand(routes)));
  const askAndInvoke = async (defined: DefinedRoute): Promise<void> => {
    const { id } = defined.route;
    const payload = await askPayload(id, payloads.last(id));
    if (payload !== undefined) {
      await payloads.remember(id, payload);
      await invoker.invoke(defined, payload);
    }
  };

  return {
    [commandIds.invoke]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Invoke Function');
      await (defined && askAndInvoke(defined));
    },
    [commandIds.invokeWithPayload]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Invoke with Payload');
      await (defined && askAndInvoke(defined));
    },
    [commandIds.invokeRoute]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Invoke');
      await (defined && invoker.invoke(defined, payloads.last(defined.route.id)));
    },
    [commandIds.invokeDefinition]: async (uri, routeId) => {
      const id = String(routeId);
      const defined = await routeInDocument(routes, vscode.Uri.parse(String(uri), true), id);
      await invoker.invoke(defined, payloads.last(defined.route.id));
    },
    [commandIds.retry]: async (argument) => {
      const defined = given(argument);
      if (defined !== undefined) {
        // Ends the wait of a route whose containers kept crashing.
        runner.retry(defined.route.id);
        await invoker.invoke(defined, payloads.last(defined.route.id));
      }
    },
    [commandIds.openDefinition]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Open Definition');
      await (defined && openDefinition(routes, defined));
    },
    [commandIds.build]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Build Function');
      await (defined && invoker.build(defined));
    },
    [commandIds.buildRoute]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Build Function');
      await (defined && invoker.build(defined));
    },
    [commandIds.copyPath]: async (argument) => {
      const defined = await givenOrPicked(argument, 'Copy Path');
      await (defined && vscode.env.clipboard.writeText(defined.route.path));
    },
    [commandIds.stopContainers]: async (argument) => {
      const node = asTreeNode(argument);
      if (node !== undefined && node.kind !== 'app') {
        await runner.stopContainers(node.routeId);
      }
    },
    [commandIds.stopAllContainers]: () => runner.stopContainers(),
  };
}

function isDefinedRoute(value: unknown): value is DefinedRoute {
  return typeof value === 'object' && value !== null && 'route' in value && 'uri' in value && 'range' in value;
}
