import * as vscode from 'vscode';
import type { AsyncQueue } from '../../core/calls/async-queue.ts';
import type { CallEntry } from '../../core/calls/call-record.ts';
import type { CallStore } from '../../core/calls/call-store.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { historyCommandIds } from '../command-ids.ts';
import type { CommandTable } from '../commands/register-commands.ts';
import type { Invoker } from '../invoke/invoker.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import type { CallDocuments } from './call-documents.ts';
import { everything } from './history-filter.ts';
import { asCallNode, type HistoryTree } from './history-tree.ts';
import { pickFilter } from './pick-filter.ts';
import { historyViewId } from './register-history.ts';

const noticeMs = 5000;

export interface HistoryCommandsDependencies {
  readonly store: CallStore;
  readonly queue: AsyncQueue;
  readonly tree: HistoryTree;
  readonly documents: CallDocuments;
  readonly routes: WorkspaceRoutes;
  readonly invoker: Invoker;
}

export type HistoryCommandTable = CommandTable<(typeof historyCommandIds)[keyof typeof historyCommandIds]>;

export function historyCommands(dependencies: HistoryCommandsDependencies): HistoryCommandTable {
  const { store, queue, tree, documents, routes, invoker } = dependencies;
  const given = async (argument: unknown): Promise<CallEntry | undefined> => {
    const node = asCallNode(argument);
    return node && (tree.entry(node.callId) ?? (await store.get(node.callId)));
  };
  const clear = async (routeId: RouteId | undefined): Promise<void> => {
    const which = routeId === undefined ? 'all finished calls' : `the finished calls to ${routeId}`;
    if (await isSure(`Clear ${which} from the history? This cannot be undone.`, 'Clear History')) {
      const cleared = await store.clear(routeId === undefined ? undefined : { routeId });
      await tree.read();
      notice(`$(check) ${count(cleared, 'call')} cleared from the history`);
    }
  };
  return {
    [historyCommandIds.showHistory]: () => vscode.commands.executeCommand(`${historyViewId}.focus`),
    [historyCommandIds.openCall]: async (argument) => {
      const entry = await given(argument);
      await (entry && documents.show(entry.routeId, entry.callId));
    },
    [historyCommandIds.cancelCall]: async (argument) => {
      const node = asCallNode(argument);
      if (node !== undefined && !(await queue.cancel(node.callId))) {
        notice('$(info) This call is over already');
      }
    },
    [historyCommandIds.rerunCall]: async (argument) => {
      const entry = await given(argument);
      if (entry === undefined) {
        return;
      }
      const { callId, routeId } = entry;
      const defined = routes.find(routeId);
      if (defined === undefined) {
        throw new HotFunctionsError('unknown-route', `The workspace has no route ${routeId} any more.`);
      }
      await invoker.send(defined, () => store.request(callId));
    },
    [historyCommandIds.cancelWaitingCalls]: async () => {
      if (await isSure('Cancel all asynchronous calls that wait? They will not be run.', 'Cancel Waiting Calls')) {
        notice(`$(check) ${count(await queue.purge(), 'waiting call')} cancelled`);
      }
    },
    [historyCommandIds.clearHistory]: () => clear(undefined),
    [historyCommandIds.clearHistoryOfRoute]: async (argument) => {
      const entry = await given(argument);
      await (entry && clear(entry.routeId));
    },
    [historyCommandIds.filterHistory]: async () => {
      const known = [...routes.routes().map(({ route }) => route.id), ...tree.entries.map(({ routeId }) => routeId)];
      const filter = await pickFilter([...new Set(known)].sort(), tree.filter);
      await (filter && tree.show(filter));
    },
    [historyCommandIds.filterHistoryByRoute]: async (argument) => {
      const entry = await given(argument);
      await (entry && tree.show({ ...tree.filter, routeId: entry.routeId }));
    },
    [historyCommandIds.clearHistoryFilter]: () => tree.show(everything),
    [historyCommandIds.showOlderCalls]: () => tree.showOlder(),
  };
}

/** Modal, because what is forgotten does not come back. */
async function isSure(question: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true }, action)) === action;
}

function notice(text: string): void {
  vscode.window.setStatusBarMessage(text, noticeMs);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
