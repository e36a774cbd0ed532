import type { ErrorCode } from '../../core/errors.ts';
import { commandIds } from '../command-ids.ts';

/** The one thing that helps most with a failure: a button and the command behind it. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  /** Of the command, where it is not the route. */
  readonly argument?: string;
}

const showWireLog: FailureAction = { title: 'Show Wire Log', command: commandIds.showWireLog };
const showLog: FailureAction = { title: 'Show Log', command: commandIds.showLog };
const openDefinition: FailureAction = { title: 'Open Definition', command: commandIds.openDefinition };
const selectEngine: FailureAction = { title: 'Select Engine…', command: commandIds.selectEngine };
const allowHostRun: FailureAction = { title: 'Run on This Machine', command: commandIds.allowHostRun };
const changeBudget: FailureAction = {
  title: 'Open Settings',
  command: 'workbench.action.openSettings',
  argument: 'hotFunctions.memoryBudget',
};
const retry: FailureAction = { title: 'Retry', command: commandIds.retry };
const manageTrust: FailureAction = { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' };

export function actionFor(code: ErrorCode): FailureAction | undefined {
  switch (code) {
    case 'stray-output':
    case 'bad-status-line':
    case 'bad-header':
    case 'bad-chunk':
    case 'missing-content-length':
    case 'header-too-large':
    case 'short-body':
    case 'output-too-large':
    case 'timeout':
      return showWireLog;
    case 'function-exited':
    case 'out-of-memory':
    case 'build-failed':
    case 'start-failed':
    case 'debugger-missing':
    case 'debugger-unreachable':
    case 'store-unavailable':
      return showLog;
    case 'unknown-route':
    case 'invalid-route':
    case 'image-missing':
      return openDefinition;
    case 'engine-unavailable':
    case 'engine-lost':
    case 'needs-docker':
      return selectEngine;
    case 'host-run-unconfirmed':
      return allowHostRun;
    case 'untrusted-workspace':
      return manageTrust;
    case 'no-memory':
      return changeBudget;
    case 'crash-loop':
      return retry;
    case 'invalid-request':
    case 'stopped':
    case 'closing':
    case 'interrupted':
    case 'aborted':
      return undefined;
    default:
      return code satisfies never;
  }
}
