import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import { isEvent, isResponse } from './dap-messages.ts';
import type { DapRelay } from './dap-relay.ts';
import type { ChildOptions, ChildSession, ChildSessions } from './function-debugger.ts';

/** Debug types whose first session only finds what there is to debug, and starts a session of its own for that. */
const twoStepTypes: ReadonlySet<string> = new Set(['node', 'pwa-node']);

interface Child {
  readonly type: string;
  relay: DapRelay | undefined;
  readonly onOutput: (text: string) => void;
  /** Once the editor has it. */
  session: vscode.DebugSession | undefined;
  readonly configured: PromiseWithResolvers<void>;
  readonly ended: PromiseWithResolvers<void>;
}

/** Sessions below one root session, one after the other. */
export class EditorChildSessions implements ChildSessions, vscode.Disposable {
  readonly #root: vscode.DebugSession;
  readonly #subscription: vscode.Disposable;
  #child: Child | undefined;

  constructor(root: vscode.DebugSession) {
    this.#root = root;
    this.#subscription = vscode.debug.onDidTerminateDebugSession((session) => {
      if (session === this.#child?.session) {
        this.#ended(this.#child);
      }
    });
  }

  start(
    configuration: { readonly type: string; readonly request: string; readonly name: string },
    { relay, onOutput }: ChildOptions,
  ): ChildSession {
    const child: Child = {
      type: configuration.type,
      relay,
      onOutput,
      session: undefined,
      configured: Promise.withResolvers(),
      ended: Promise.withResolvers(),
    };
    // Nobody may be waiting any more when it fails.
    child.configured.promise.catch(() => {});
    this.#child = child;
    vscode.debug
      .startDebugging(this.#root.workspaceFolder, configuration, {
        parentSession: this.#root,
        lifecycleManagedByParent: true,
        consoleMode: vscode.DebugConsoleMode.MergeWithParent,
        compact: true,
        suppressSaveBeforeStart: true,
      })
      .then(
        (started) => started || this.#ended(child),
        () => this.#ended(child),
      );
    return { configured: child.configured.promise, ended: child.ended.promise };
  }

  hasExtension(id: string): boolean {
    return vscode.extensions.getExtension(id) !== undefined;
  }

  /** The adapter of the child that is being started, which takes it once. */
  takeRelay(): DapRelay | undefined {
    const relay = this.#child?.relay;
    if (this.#child !== undefined) {
      this.#child.relay = undefined;
    }
    return relay;
  }

  /** @returns what to tell of each message that a session's adapter sends, if it is below ours */
  watch(session: vscode.DebugSession): ((message: DebugProtocol.ProtocolMessage) => void) | undefined {
    const child = this.#child;
    const depth = depthBelow(session, this.#root);
    if (child === undefined || depth === 0) {
      return undefined;
    }
    if (depth === 1) {
      child.session = session;
    }
    const isTarget = depth === (twoStepTypes.has(child.type) ? 2 : 1);
    const answered = new Set<string>();
    return (message) => {
      if (isEvent(message) && message.event === 'output' && message.body?.category !== 'telemetry') {
        child.onOutput(String(message.body?.output));
      } else if (isTarget && isResponse(message) && message.success) {
        answered.add(message.command);
        // Only then are its breakpoints set.
        if (answered.has('configurationDone') && (answered.has('attach') || answered.has('launch'))) {
          child.configured.resolve();
        }
      }
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    if (this.#child !== undefined) {
      this.#ended(this.#child);
    }
  }

  #ended(child: Child): void {
    const message = 'The session that debugs the code of the function has ended before it was ready.';
    child.configured.reject(new HotFunctionsError('debugger-unreachable', message));
    child.ended.resolve();
  }
}

function depthBelow(session: vscode.DebugSession, root: vscode.DebugSession): number {
  let depth = 0;
  for (let at: vscode.DebugSession | undefined = session; at !== undefined; at = at.parentSession) {
    if (at.id === root.id) {
      return depth;
    }
    depth += 1;
  }
  return 0;
}
