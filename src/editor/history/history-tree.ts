import * as vscode from 'vscode';
import type { CallEntry } from '../../core/calls/call-record.ts';
import type { CallStore } from '../../core/calls/call-store.ts';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { commandIds } from '../command-ids.ts';
import { describeEntry, entryContext, entryTooltip } from './describe-entry.ts';
import { callFilterOf, everything, type HistoryFilter } from './history-filter.ts';

/** The store tells of a change a few times a second under load; rows are read at most this often. */
const refreshIntervalMs = 1000;
const pageCalls = 100;

/** A row. It holds the call's key only, so that one node serves it while the call goes on. */
export interface CallNode {
  readonly callId: string;
}

/** The argument that the editor hands to a command of a row, if it is one of ours. */
export function asCallNode(value: unknown): CallNode | undefined {
  return typeof value === 'object' && value !== null && 'callId' in value && typeof value.callId === 'string'
    ? { callId: value.callId }
    : undefined;
}

/** Calls, newest first. Read only while somebody looks. */
export class HistoryTree implements vscode.TreeDataProvider<CallNode>, vscode.Disposable {
  readonly #store: CallStore;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<CallNode | undefined>();
  readonly onDidChangeTreeData = this.#onDidChange.event;
  readonly #onDidRead = new vscode.EventEmitter<void>();
  /** What is shown has been read anew. */
  readonly onDidRead = this.#onDidRead.event;
  readonly #nodes = new Map<string, CallNode>();
  #entries: ReadonlyMap<string, CallEntry> = new Map();
  #filter = everything;
  #limit = pageCalls;
  #hasMore = false;
  #watching: Disposable | undefined;
  #timer: Disposable | undefined;
  /** Readings run one after the other: an older one must not overwrite a newer one. */
  #reading: Promise<void> = Promise.resolve();

  constructor(store: CallStore, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    this.#owned.add(this.#onDidChange);
    this.#owned.add(this.#onDidRead);
  }

  get filter(): HistoryFilter {
    return this.#filter;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Those that are shown. */
  get entries(): readonly CallEntry[] {
    return [...this.#entries.values()];
  }

  dispose(): void {
    this.setVisible(false);
    this.#owned.dispose();
  }

  setVisible(visible: boolean): void {
    if (visible && this.#watching === undefined) {
      this.#watching = this.#store.onDidChange(() => this.#readSoon());
      void this.#read();
    } else if (!visible) {
      this.#watching?.dispose();
      this.#watching = undefined;
      this.#timer?.dispose();
      this.#timer = undefined;
    }
  }

  async show(filter: HistoryFilter): Promise<void> {
    this.#filter = filter;
    this.#limit = pageCalls;
    await this.#read();
  }

  async showOlder(): Promise<void> {
    this.#limit += pageCalls;
    await this.#read();
  }

  /** Settles when what is shown is what there is now. */
  read(): Promise<void> {
    return this.#read();
  }

  entry(callId: string): CallEntry | undefined {
    return this.#entries.get(callId);
  }

  getChildren(parent?: CallNode): CallNode[] {
    return parent === undefined ? [...this.#entries.keys()].map((callId) => this.#node(callId)) : [];
  }

  getTreeItem(node: CallNode): vscode.TreeItem {
    const entry = this.#entries.get(node.callId);
    if (entry === undefined) {
      // Forgotten between the editor's question for children and this one; the change event is on its way.
      return new vscode.TreeItem(node.callId);
    }
    const { label, description, icon, color, spoken } = describeEntry(entry, Date.now());
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.id = node.callId;
    item.description = description;
    item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
    item.contextValue = entryContext(entry);
    item.tooltip = entryTooltip(entry);
    item.accessibilityInformation = { label: spoken };
    item.command = { title: 'Open Call', command: commandIds.openCall, arguments: [node] };
    return item;
  }

  #readSoon(): void {
    this.#timer ??= this.#clock.after(refreshIntervalMs, () => {
      this.#timer = undefined;
      void this.#read();
    });
  }

  #read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readNow()).catch(this.#onError);
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    const { calls, next } = await this.#store.list({ filter: callFilterOf(this.#filter), limit: this.#limit });
    const before = this.#entries;
    this.#entries = new Map(calls.map((entry) => [entry.callId, entry]));
    this.#hasMore = next !== undefined;
    for (const callId of this.#nodes.keys()) {
      if (!this.#entries.has(callId)) {
        this.#nodes.delete(callId);
      }
    }
    if ([...before.keys()].join() !== [...this.#entries.keys()].join()) {
      this.#onDidChange.fire(undefined);
    } else {
      for (const [callId, entry] of this.#entries) {
        // Only the row of a call that goes on can change.
        if (JSON.stringify(before.get(callId)) !== JSON.stringify(entry)) {
          this.#onDidChange.fire(this.#node(callId));
        }
      }
    }
    this.#onDidRead.fire();
  }

  #node(callId: string): CallNode {
    const node = this.#nodes.get(callId) ?? { callId };
    this.#nodes.set(callId, node);
    return node;
  }
}
