import * as vscode from 'vscode';
import type { Engine } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { Emitter } from '../../core/event.ts';
import { commandIds } from '../command-ids.ts';
import { untrustedWorkspace } from './engine-choice.ts';

const memoryKey = 'hostRunAllowed';
const allow = 'Run on This Machine';
const choose = 'Select Engine…';

/**
 * Who may run at all: nothing in an untrusted workspace, and on the host itself only what was confirmed once for
 * this workspace.
 */
export class Admission {
  readonly #memory: vscode.Memento;
  #asking: Promise<boolean> | undefined;
  #allowed = Promise.withResolvers<true>();
  readonly #didAllow = new Emitter<void>();
  readonly onDidAllow = this.#didAllow.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#tellMenus();
  }

  get isTrusted(): boolean {
    return vscode.workspace.isTrusted;
  }

  get isHostRunAllowed(): boolean {
    return this.#memory.get(memoryKey) === true;
  }

  /** Throws the refusal if this engine must not run anything here. */
  admit(engine: Engine): void {
    if (!this.isTrusted) {
      throw untrustedWorkspace();
    }
    if (engine.kind === 'process' && !this.isHostRunAllowed) {
      throw new HotFunctionsError(
        'host-run-unconfirmed',
        'Nobody has allowed the functions of this workspace to run directly on this machine.',
        { hint: 'Run "Hot Functions: Allow Running Functions on This Machine", or select the Docker engine.' },
      );
    }
  }

  /** Asks once, without a modal dialog; callers that come meanwhile share the question. */
  confirm(engine: Engine): Promise<boolean> {
    if (engine.kind !== 'process' || this.isHostRunAllowed) {
      return Promise.resolve(true);
    }
    // Allowing it by the command answers the question too.
    this.#asking ??= Promise.race([this.#ask(), this.#allowed.promise]).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async allow(): Promise<void> {
    await this.#memory.update(memoryKey, true);
    this.#allowed.resolve(true);
    this.#didAllow.fire();
    this.#tellMenus();
  }

  async forget(): Promise<void> {
    await this.#memory.update(memoryKey, undefined);
    this.#allowed = Promise.withResolvers();
    this.#tellMenus();
  }

  #tellMenus(): void {
    void vscode.commands.executeCommand('setContext', 'hotFunctions.hostRunAllowed', this.isHostRunAllowed);
  }

  async #ask(): Promise<boolean> {
    const answer = await vscode.window.showWarningMessage(
      'Run functions of this workspace directly on this machine, without a container? They run as you, with access to your files.',
      allow,
      choose,
    );
    if (answer === allow) {
      await this.allow();
      return true;
    }
    if (answer === choose) {
      await vscode.commands.executeCommand(commandIds.selectEngine);
    }
    return false;
  }
}
