import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { HotFunctionsError } from '../../core/errors.ts';

/** Commands by their ids. What they are given by the editor is not to be trusted for its type. */
export type CommandTable<Id extends string> = Readonly<Record<Id, (...args: readonly unknown[]) => unknown>>;

/**
 * Registers commands whose table is loaded when one of them is run for the first time: they are most of what a
 * window may need and little of what it does need. Expected failures become one message; what is unexpected is
 * logged and left to the editor to report.
 */
export function registerCommands<Id extends string>(
  ids: Readonly<Record<string, Id>>,
  load: () => Promise<CommandTable<Id>>,
  onUnexpected: (error: unknown) => void,
): Disposable {
  const owned = new DisposableStore();
  let table: Promise<CommandTable<Id>> | undefined;
  for (const id of Object.values(ids)) {
    owned.add(
      vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
        try {
          table ??= load();
          await (await table)[id](...args);
        } catch (error) {
          if (error instanceof HotFunctionsError) {
            const { showFailure } = await import('../invoke/show-failure.ts');
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
