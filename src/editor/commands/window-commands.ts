import * as vscode from 'vscode';
import { windowCommandIds } from '../command-ids.ts';
import type { Admission } from '../engine-choice/admission.ts';
import type { EngineChoice } from '../engine-choice/engine-choice.ts';
import { pickEngine } from '../engine-choice/pick-engine.ts';
import type { FunctionLog } from '../log/function-log.ts';
import type { SavedFiles } from '../routes/saved-files.ts';
import type { WireChannel } from '../wire-log/wire-channel.ts';
import type { CommandTable } from './register-commands.ts';

export interface WindowCommandsDependencies {
  readonly extensionUri: vscode.Uri;
  readonly files: SavedFiles;
  readonly engines: EngineChoice;
  readonly admission: Admission;
  readonly wire: WireChannel;
  readonly log: FunctionLog;
}

export type WindowCommandTable = CommandTable<(typeof windowCommandIds)[keyof typeof windowCommandIds]>;

/** Commands about no route in particular. */
export function windowCommands(dependencies: WindowCommandsDependencies): WindowCommandTable {
  const { extensionUri, files, engines, admission, wire, log } = dependencies;
  return {
    [windowCommandIds.createFunction]: async () => {
      const { createFunction } = await import('../create/create-function.ts');
      await createFunction(extensionUri);
    },
    [windowCommandIds.refresh]: () => files.rescan(),
    [windowCommandIds.selectEngine]: () => pickEngine(engines),
    [windowCommandIds.allowHostRun]: async () => {
      await admission.allow();
      vscode.window.setStatusBarMessage('$(check) Functions of this workspace may run on this machine', 5000);
    },
    [windowCommandIds.forgetHostRun]: async () => {
      await admission.forget();
      vscode.window.setStatusBarMessage('$(check) You will be asked before functions run on this machine', 5000);
    },
    [windowCommandIds.showWireLog]: () => wire.show(),
    [windowCommandIds.showCredentials]: () => showCredentials(wire, true),
    [windowCommandIds.hideCredentials]: () => showCredentials(wire, false),
    [windowCommandIds.showLog]: () => log.show(),
  };
}

async function showCredentials(wire: WireChannel, shown: boolean): Promise<void> {
  wire.showCredentials(shown);
  await vscode.commands.executeCommand('setContext', 'hotFunctions.credentialsShown', shown);
  const text = shown
    ? '$(eye) The wire log shows credentials of the next calls until this window closes'
    : '$(eye-closed) The wire log stars credentials out again';
  vscode.window.setStatusBarMessage(text, 5000);
  wire.show();
}
