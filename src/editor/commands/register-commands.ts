import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { showFailure } from '../invoke/show-failure.ts';

/** Commands by their ids. What they are given by the editor is not to be trusted for its type. */
export type CommandTable = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Expected failures become one message; what is unexpected is logged and left to the editor to report. */
export function registerCommands(commands: CommandTable, onUnexpected: (error: unknown) => void): Disposable {
  const owned = new DisposableStore();
  for (const [id, run] of Object.entries(commands)) {
    owned.add(
      vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
        try {
          await run(...args);
        } catch (error) {
          if (error instanceof HotFunctionsError) {
            void showFailure(error, undefined);
            return;
          }
          onUnexpected(error);
          throw error;
        }
      }),
    );
  }
  return owned;
}
