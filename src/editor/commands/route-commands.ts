import * as vscode from 'vscode';
import { routeCommandIds } from '../command-ids.ts';
import { askPayload } from '../invoke/ask-payload.ts';
import { Invoker, type InvokerDependencies } from '../invoke/invoker.ts';
import { PayloadMemory } from '../invoke/payload-memory.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { openDefinition } from '../routes/locate-definition.ts';
import { routeInDocument } from '../routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { asTreeNode } from '../tree/tree-node.ts';
import { givenOrPicked, givenRoute } from './given-route.ts';
import type { CommandTable } from './register-commands.ts';

export interface RouteCommandsDependencies extends InvokerDependencies {
  readonly routes: WorkspaceRoutes;
  readonly memory: vscode.Memento;
}

export type RouteCommandTable = CommandTable<(typeof routeCommandIds)[keyof typeof routeCommandIds]>;

/** Commands about one route: of a row of the tree, of a lens, or one that is picked. */
export function routeCommands(dependencies: RouteCommandsDependencies): RouteCommandTable {
  const { routes, runner } = dependencies;
  const invoker = new Invoker(dependencies);
  const payloads = new PayloadMemory(dependencies.memory);
  const askAndInvoke = async (defined: DefinedRoute): Promise<void> => {
    const { id } = defined.route;
    const payload = await askPayload(id, payloads.last(id));
    if (payload !== undefined) {
      await payloads.remember(id, payload);
      await invoker.invoke(defined, payload);
    }
  };

  return {
    [routeCommandIds.invoke]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Invoke Function');
      await (defined && askAndInvoke(defined));
    },
    [routeCommandIds.invokeWithPayload]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Invoke with Payload');
      await (defined && askAndInvoke(defined));
    },
    [routeCommandIds.invokeRoute]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Invoke');
      await (defined && invoker.invoke(defined, payloads.last(defined.route.id)));
    },
    [routeCommandIds.invokeDefinition]: async (uri, routeId) => {
      const id = String(routeId);
      const defined = await routeInDocument(routes, vscode.Uri.parse(String(uri), true), id);
      await invoker.invoke(defined, payloads.last(defined.route.id));
    },
    [routeCommandIds.retry]: async (argument) => {
      const defined = givenRoute(routes, argument);
      if (defined !== undefined) {
        // Ends the wait of a route whose containers kept crashing.
        runner.retry(defined.route.id);
        await invoker.invoke(defined, payloads.last(defined.route.id));
      }
    },
    [routeCommandIds.openDefinition]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Open Definition');
      await (defined && openDefinition(routes, defined));
    },
    [routeCommandIds.build]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Build Function');
      await (defined && invoker.build(defined));
    },
    [routeCommandIds.buildRoute]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Build Function');
      await (defined && invoker.build(defined));
    },
    [routeCommandIds.copyPath]: async (argument) => {
      const defined = await givenOrPicked(routes, argument, 'Copy Path');
      await (defined && vscode.env.clipboard.writeText(defined.route.path));
    },
    [routeCommandIds.stopContainers]: async (argument) => {
      const node = asTreeNode(argument);
      if (node !== undefined && node.kind !== 'app') {
        await runner.stopContainers(node.routeId);
      }
    },
    [routeCommandIds.stopAllContainers]: () => runner.stopContainers(),
  };
}
