import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { Emitter } from '../../src/core/event.ts';

export interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
  readonly reason: string;
  readonly description: string | undefined;
}

export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly frameId: number;
}

const patienceMs = 60_000;
const quietMs = 200;

/** What happens in all debug sessions, as their adapters tell it. */
export class DebugRecorder implements vscode.Disposable {
  /** Stops, resumptions, the session's start and its end, in the order they were told of. */
  readonly history: string[] = [];
  readonly #changed = new Emitter<void>();
  readonly #stops: Stop[] = [];
  readonly #open = new Set<vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #console = '';
  #talkedAt = 0;

  constructor() {
    this.#subscriptions.push(
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => {
          this.#open.add(session);
          return {
            onWillReceiveMessage: () => {
              this.#talkedAt = Date.now();
            },
            onDidSendMessage: (message) => {
              this.#talkedAt = Date.now();
              this.#message(session, message);
            },
            // A session that did not come up is never told of as terminated.
            onWillStopSession: () => this.#ended(session),
          };
        },
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.#ended(session)),
    );
  }

  /** What was shown in the Debug Console. */
  get console(): string {
    return this.#console;
  }

  get sessions(): readonly vscode.DebugSession[] {
    return [...this.#open];
  }

  /** The next stop that nobody has asked for. */
  stopped(): Promise<Stop> {
    return this.#eventually('a stop', () => this.#stops.shift());
  }

  /** Settles when the editor has looked at all that it shows of a stop. No person goes on sooner. */
  async looked(): Promise<void> {
    while (Date.now() - this.#talkedAt < quietMs) {
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
  }

  /** Settles when no session is left. */
  async ended(): Promise<void> {
    await this.#eventually('the end of all sessions', () => (this.#open.size === 0 ? true : undefined));
  }

  async says(text: string | RegExp): Promise<void> {
    const has = () => (typeof text === 'string' ? this.#console.includes(text) : text.test(this.#console));
    await this.#eventually(`${text} in the Debug Console`, () => (has() ? true : undefined));
  }

  /** The root session, once it is there. */
  root(routeId?: string): Promise<vscode.DebugSession> {
    return this.#eventually('a session', () =>
      [...this.#open].find(
        ({ parentSession, configuration }) =>
          parentSession === undefined && (routeId === undefined || configuration['route'] === routeId),
      ),
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  #ended(session: vscode.DebugSession): void {
    this.#open.delete(session);
    this.#changed.fire();
  }

  #message(session: vscode.DebugSession, message: DebugProtocol.ProtocolMessage): void {
    if (message.type !== 'event' || !('event' in message)) {
      return;
    }
    const { event, body } = message as DebugProtocol.Event;
    if (event === 'stopped') {
      this.history.push(`stopped ${body.reason}`);
      const { threadId, reason, description } = body;
      this.#stops.push({ session, threadId, reason, description });
    } else if (event === 'output' && body.category !== 'telemetry') {
      this.#console += body.output;
    }
    this.#changed.fire();
  }

  #eventually<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found !== undefined) {
          clearTimeout(timer);
          subscription.dispose();
          resolve(found);
        }
      };
      const subscription = this.#changed.event(look);
      const timer = setTimeout(() => {
        subscription.dispose();
        reject(new Error(`Waited in vain for ${what}. Debug Console:\n${this.#console}`));
      }, patienceMs);
      look();
    });
  }
}

export async function placeOf({ session, threadId }: Stop): Promise<Place> {
  const { stackFrames } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 });
  const [top] = stackFrames;
  assert.ok(top, 'nothing is on the stack');
  return { file: String(top.source?.path).split('/').slice(-2).join('/'), line: top.line, frameId: top.id };
}

/** Variables of the scopes whose names match, name by name. */
export async function variablesOf(stop: Stop, scopeName: RegExp): Promise<Readonly<Record<string, string>>> {
  const { frameId } = await placeOf(stop);
  const { scopes } = await stop.session.customRequest('scopes', { frameId });
  const found: Record<string, string> = {};
  for (const { name, variablesReference } of scopes) {
    if (scopeName.test(name)) {
      const { variables } = await stop.session.customRequest('variables', { variablesReference });
      for (const variable of variables) {
        found[variable.name] ??= variable.value;
      }
    }
  }
  return found;
}

export async function resume(stop: Stop, how: 'continue' | 'next' | 'stepIn' | 'restartFrame' = 'continue') {
  const { session, threadId } = stop;
  const frameId = how === 'restartFrame' ? (await placeOf(stop)).frameId : undefined;
  await session.customRequest(how, { threadId, ...(frameId === undefined ? {} : { frameId }) });
}

/** Sets a breakpoint on the first line of a file that has `text` in it. @returns the line, counted from 1 */
export async function breakAt(uri: vscode.Uri, text: string): Promise<number> {
  const document = await vscode.workspace.openTextDocument(uri);
  const line = document
    .getText()
    .split('\n')
    .findIndex((one) => one.includes(text));
  assert.notEqual(line, -1, `${uri.path} has no line with ${text}`);
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0)))]);
  return line + 1;
}

export function clearBreakpoints(): void {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
}
