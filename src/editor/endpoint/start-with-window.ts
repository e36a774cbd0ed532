import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import type { LocalEndpoint } from './local-endpoint.ts';

/** Nobody looks at it just now: that it has failed is said once, in a message that can be left where it is. */
export async function startWithWindow(endpoint: LocalEndpoint, log: vscode.LogOutputChannel): Promise<void> {
  try {
    const { localAddress } = await endpoint.start();
    log.info(`The local endpoint listens at ${localAddress}`);
  } catch (error) {
    log.warn(String(error));
    if (error instanceof HotFunctionsError && error.code === 'closing') {
      return;
    }
    const settings = 'Open Settings';
    const why = error instanceof Error ? error.message : String(error);
    const text = `The local endpoint has not started with this window: ${why}`;
    if ((await vscode.window.showWarningMessage(text, settings)) === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'hotFunctions.endpoint');
    }
  }
}
