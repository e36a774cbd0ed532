import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { affects } from '../settings.ts';
import { describeEngine } from './describe-engine.ts';
import type { EngineChoice } from './engine-choice.ts';

/** Chooses the engine as soon as that is allowed, chooses anew when its settings change, and logs what was taken. */
export function followEngineSettings(engines: EngineChoice, log: vscode.LogOutputChannel): Disposable {
  const owned = new DisposableStore();
  const choose = (): void => {
    // A failed choice shows in the status bar, and in the call that needs an engine.
    engines.engine().catch(() => {});
  };
  owned.add(
    engines.onDidChange((state) => {
      if (state.kind === 'selected' || state.kind === 'failed') {
        const { long, isFailure } = describeEngine(state);
        log[isFailure ? 'warn' : 'info'](`Engine: ${long.join(' ')}`);
      }
    }),
  );
  owned.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'engine', 'docker.host') && vscode.workspace.isTrusted) {
        void engines.reselect();
      }
    }),
  );
  owned.add(vscode.workspace.onDidGrantWorkspaceTrust(choose));
  if (vscode.workspace.isTrusted) {
    choose();
  }
  return owned;
}
