import * as vscode from 'vscode';
import type { CallSummary } from '../../core/call.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import type { RouteId } from '../../core/route.ts';
import { describeCall } from './describe-call.ts';
import { LineBuffer } from './line-buffer.ts';

const maxLineChars = 4096;

export interface StderrText {
  readonly container: string;
  readonly routeId: RouteId;
  readonly callId: string | undefined;
  readonly text: string;
}

export interface FunctionLogSource {
  readonly onStderr: Event<StderrText>;
  readonly onDidFinishCall: Event<CallSummary>;
  readonly onDidChangeContainers: Event<ContainerSnapshot>;
}

interface OpenStderr {
  callId: string | undefined;
  readonly lines: LineBuffer;
}

/** The output channel "Hot Functions": what we do, and the functions' stderr line by line with its origin. */
export class FunctionLog implements Disposable {
  readonly channel: vscode.LogOutputChannel;
  readonly #owned = new DisposableStore();
  readonly #stderr = new Map<string, OpenStderr>();

  constructor() {
    this.channel = this.#owned.add(vscode.window.createOutputChannel('Hot Functions', { log: true }));
  }

  follow(source: FunctionLogSource): void {
    this.#owned.add(source.onStderr((event) => this.#write(event)));
    this.#owned.add(source.onDidFinishCall((summary) => this.#finished(summary)));
    this.#owned.add(source.onDidChangeContainers((container) => this.#containerChanged(container)));
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.#owned.dispose();
    this.#stderr.clear();
  }

  #write({ container, callId, text }: StderrText): void {
    let open = this.#stderr.get(container);
    if (open === undefined) {
      const created: OpenStderr = {
        callId,
        lines: new LineBuffer(maxLineChars, (line) => {
          const origin = created.callId === undefined ? container : `${container} call ${created.callId.slice(0, 8)}`;
          this.channel.info(`[${origin}] ${line}`);
        }),
      };
      open = created;
      this.#stderr.set(container, open);
    }
    open.callId = callId;
    open.lines.write(text);
  }

  #finished(summary: CallSummary): void {
    const open = summary.servedBy === undefined ? undefined : this.#stderr.get(summary.servedBy.name);
    open?.lines.end();
    const line = describeCall(summary);
    if (summary.outcome.kind === 'failed') {
      this.channel.warn(line);
    } else {
      this.channel.info(line);
    }
  }

  #containerChanged({ name, routeId, state }: ContainerSnapshot): void {
    if (state.kind !== 'gone') {
      this.channel.debug(`[${name}] ${state.kind}${state.kind === 'draining' ? `: ${state.why}` : ''}`);
      return;
    }
    this.#stderr.get(name)?.lines.end();
    this.#stderr.delete(name);
    this.channel.info(`[${name}] container of ${routeId} is gone: ${state.why}`);
  }
}
