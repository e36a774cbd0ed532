import * as vscode from 'vscode';
import { commandIds } from '../command-ids.ts';
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

/** Commands about no route in particular. */
export function windowCommands(dependencies: WindowCommandsDependencies): CommandTable {
  const { extensionUri, files, engines, admission, wire, log } = dependencies;
  return {
    [commandIds.createFunction]: async () => {
      const { createFunction } = await import('../create/create-function.ts');
      await createFunction(extensionUri);
    },
    [commandIds.refresh]: () => files.rescan(),
    [commandIds.selectEngine]: () => pickEngine(engines),
    [commandIds.allowHostRun]: async () => {
      await admission.allow();
      vscode.window.setStatusBarMessage('$(check) Functions of this workspace may run on this machine', 5000);
    },
    [commandIds.forgetHostRun]: async () => {
      await admission.forget();
      vscode.window.setStatusBarMessage('$(check) You will be asked before functions run on this machine', 5000);
    },
    [commandIds.showWireLog]: () => wire.show(),
    [commandIds.showLog]: () => log.show(),
  };
}
