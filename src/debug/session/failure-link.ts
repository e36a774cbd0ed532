import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { commandIds } from '../../editor/command-ids.ts';
import { actionFor, type FailureAction } from '../../editor/invoke/failure-action.ts';
import type { TreeNode } from '../../editor/tree/tree-node.ts';

/** A button of the editor's dialog about a start that failed. */
export interface FailureLink {
  readonly url: string;
  readonly urlLabel: string;
}

const restart: FailureAction = { title: 'Restart for Debugging', command: commandIds.debugRoute };
const showLog: FailureAction = { title: 'Show Log', command: commandIds.showLog };

/**
 * What helps with a start that failed. Without it the dialog offers to open launch.json, which most sessions have
 * nothing to do with.
 *
 * @param attached whether the start was to attach to a container that ran already
 */
export function failureLink(error: unknown, routeId: RouteId, attached: boolean): FailureLink {
  const helps = error instanceof HotFunctionsError ? actionFor(error.code) : undefined;
  const { title, command, argument } = attached ? restart : (helps ?? showLog);
  const node: TreeNode = { kind: 'route', routeId };
  const given = encodeURIComponent(JSON.stringify([argument ?? node]));
  return { url: `command:${command}?${given}`, urlLabel: title };
}
