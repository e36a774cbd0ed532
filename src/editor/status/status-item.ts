import * as vscode from 'vscode';
import type { RunningCall } from '../../core/calls-under-way.ts';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import { commandIds } from '../command-ids.ts';
import { describeEngine } from '../engine-choice/describe-engine.ts';
import type { EngineChoice } from '../engine-choice/engine-choice.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { describeStatus } from './describe-status.ts';

const refreshIntervalMs = 100;
const links: readonly (readonly [title: string, command: string])[] = [
  ['Select Engine…', commandIds.selectEngine],
  ['Show Wire Log', commandIds.showWireLog],
  ['Show Log', commandIds.showLog],
  ['Stop All Containers', commandIds.stopAllContainers],
];

export interface StatusItemSource {
  readonly routes: WorkspaceRoutes;
  readonly engines: EngineChoice;
  containers(): readonly ContainerSnapshot[];
  readonly onDidChangeContainers: Event<ContainerSnapshot>;
  /** Those whose clocks stand still because of a debugger. */
  heldCalls(): readonly RunningCall[];
  readonly onDidHoldClocks: Event<boolean>;
}

/** The engine that was taken and what is alive on it. Shown only where there are routes. */
export class StatusItem implements Disposable {
  readonly #source: StatusItemSource;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #item: vscode.StatusBarItem;
  #refresh: Disposable | undefined;

  constructor(source: StatusItemSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#item = this.#owned.add(
      vscode.window.createStatusBarItem('hotFunctions.status', vscode.StatusBarAlignment.Left, 0),
    );
    this.#item.name = 'Hot Functions';
    this.#item.command = commandIds.selectEngine;
    const refresh = (): void => this.#refreshSoon();
    this.#owned.add(source.routes.onDidChange(refresh));
    this.#owned.add(source.engines.onDidChange(refresh));
    this.#owned.add(source.onDidChangeContainers(refresh));
    this.#owned.add(source.onDidHoldClocks(refresh));
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(refresh));
  }

  dispose(): void {
    this.#refresh?.dispose();
    this.#owned.dispose();
  }

  #refreshSoon(): void {
    this.#refresh ??= this.#clock.after(refreshIntervalMs, () => {
      this.#refresh = undefined;
      this.#show();
    });
  }

  #show(): void {
    const { routes, engines } = this.#source;
    const containers = this.#source.containers();
    if (!vscode.workspace.isTrusted || (routes.routes().length === 0 && containers.length === 0)) {
      this.#item.hide();
      return;
    }
    const engine = describeEngine(engines.state);
    const { text, tooltip, spoken } = describeStatus(engine, containers, this.#source.heldCalls(), escapeMarkdown);
    const commands = links.map(([title, command]) => `[${title}](command:${command})`).join(' · ');
    const markdown = new vscode.MarkdownString([...tooltip, commands].join('\n\n'));
    markdown.isTrusted = { enabledCommands: links.map(([, command]) => command) };
    this.#item.text = text;
    this.#item.tooltip = markdown;
    this.#item.accessibilityInformation = { label: spoken, role: 'button' };
    this.#item.backgroundColor = engine.isFailure
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.show();
  }
}
