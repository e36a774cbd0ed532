import * as vscode from 'vscode';
import type { RunningCall } from '../../core/calls-under-way.ts';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import type { Route, RouteId } from '../../core/route.ts';
import { commandIds } from '../command-ids.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import { type KeptRoutes, mayBeKeptWarm } from '../keep-warm/kept-routes.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { containerContext, containerTooltip, describeContainer } from './describe-container.ts';
import { describeRoute, routeTooltip } from './describe-route.ts';
import { nodeId, type TreeNode } from './tree-node.ts';

/** Changes of containers come thousands a second under load; rows are refreshed at most this often. */
const refreshIntervalMs = 100;

export interface RoutesTreeSource {
  routes(): readonly DefinedRoute[];
  find(routeId: RouteId): DefinedRoute | undefined;
  readonly onDidChangeRoutes: Event<void>;
  containers(): readonly ContainerSnapshot[];
  readonly onDidChangeContainers: Event<ContainerSnapshot>;
  /** Those whose clocks stand still because of a debugger. */
  heldCalls(): readonly RunningCall[];
  readonly onDidHoldClocks: Event<boolean>;
  /** How long a route is not started yet because of a crash loop. */
  backOffMs(routeId: RouteId): number | undefined;
  /** Those that are started ahead of their calls, where they can be. */
  readonly kept: Pick<KeptRoutes, 'ids' | 'onDidChange'>;
}

/** App → route → container. Fires for the rows that changed, never for the whole tree because of a container. */
export class RoutesTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #source: RoutesTreeSource;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.#onDidChange.event;
  /** Routes whose row says that they are in a crash loop. */
  readonly #backingOff = new Set<RouteId>();
  /** One object a row: the editor finds the row to refresh by the object's identity. */
  readonly #nodes = new Map<string, TreeNode>();
  readonly #changedRoutes = new Set<RouteId>();
  #refresh: Disposable | undefined;

  constructor(source: RoutesTreeSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#owned.add(this.#onDidChange);
    this.#owned.add(source.onDidChangeRoutes(() => this.#routesChanged()));
    this.#owned.add(source.onDidChangeContainers((container) => this.#containerChanged(container)));
    this.#owned.add(source.onDidHoldClocks(() => this.#clocksHeld()));
    this.#owned.add(source.kept.onDidChange((routeId) => this.#refreshSoon(routeId)));
  }

  dispose(): void {
    this.#refresh?.dispose();
    this.#owned.dispose();
  }

  getChildren(parent?: TreeNode): TreeNode[] {
    if (parent === undefined) {
      const apps = new Set(this.#source.routes().map(({ route }) => route.app));
      return [...apps].sort().map((app) => this.#node({ kind: 'app', app }));
    }
    switch (parent.kind) {
      case 'app':
        return this.#source
          .routes()
          .filter(({ route }) => route.app === parent.app)
          .map(({ route }) => route.id)
          .sort()
          .map((routeId) => this.#node({ kind: 'route', routeId }));
      case 'route':
        return this.#containersOf(parent.routeId).map(({ name, routeId }) =>
          this.#node({ kind: 'container', name, routeId }),
        );
      case 'container':
        return [];
      default:
        return parent satisfies never;
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'app':
        return undefined;
      case 'route': {
        const defined = this.#source.find(node.routeId);
        return defined === undefined ? undefined : this.#node({ kind: 'app', app: defined.route.app });
      }
      case 'container':
        return this.#node({ kind: 'route', routeId: node.routeId });
      default:
        return node satisfies never;
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'app':
        return this.#appItem(node);
      case 'route':
        return this.#routeItem(node);
      case 'container':
        return this.#containerItem(node);
      default:
        return node satisfies never;
    }
  }

  /** Refreshes the rows that count down. Tells whether there were any. */
  tick(): boolean {
    const idle = this.#source
      .containers()
      .filter(({ state }) => state.kind === 'idle' && state.untilMs !== Number.POSITIVE_INFINITY);
    for (const { name, routeId } of idle) {
      this.#onDidChange.fire(this.#node({ kind: 'container', name, routeId }));
    }
    const backingOff = [...this.#backingOff];
    for (const routeId of backingOff) {
      this.#onDidChange.fire(this.#node({ kind: 'route', routeId }));
    }
    return idle.length + backingOff.length > 0;
  }

  #appItem(node: Extract<TreeNode, { kind: 'app' }>): vscode.TreeItem {
    const item = new vscode.TreeItem(node.app, vscode.TreeItemCollapsibleState.Expanded);
    item.id = nodeId(node);
    item.iconPath = new vscode.ThemeIcon('package');
    item.contextValue = 'app';
    item.tooltip = `App ${node.app}`;
    item.accessibilityInformation = { label: `App ${node.app}` };
    return item;
  }

  #routeItem(node: Extract<TreeNode, { kind: 'route' }>): vscode.TreeItem {
    const defined = this.#source.find(node.routeId);
    if (defined === undefined) {
      // Deleted between the editor's question for children and this one; the change event is on its way.
      return new vscode.TreeItem(node.routeId);
    }
    const { route, uri } = defined;
    const containers = this.#containersOf(route.id);
    const backOffMs = this.#source.backOffMs(route.id);
    if (backOffMs === undefined) {
      this.#backingOff.delete(route.id);
    } else {
      this.#backingOff.add(route.id);
    }
    const mayBeWarm = mayBeKeptWarm(route);
    const keptWarm = mayBeWarm && this.#source.kept.ids.has(route.id);
    const text = describeRoute(route, containers, backOffMs, keptWarm);
    const item = itemOf(text, collapsibleStateOf(route, containers, keptWarm));
    item.id = nodeId(node);
    const state = backOffMs !== undefined ? 'route.crashLoop' : containers.length === 0 ? 'route' : 'route.live';
    item.contextValue = mayBeWarm ? `${state}.${keptWarm ? 'warm' : 'cold'}` : state;
    item.tooltip = new vscode.MarkdownString(
      routeTooltip(route, vscode.workspace.asRelativePath(uri), containers, escapeMarkdown),
    );
    item.command = { title: 'Open Definition', command: commandIds.openDefinition, arguments: [node] };
    return item;
  }

  #containerItem(node: Extract<TreeNode, { kind: 'container' }>): vscode.TreeItem {
    const container = this.#source.containers().find(({ name }) => name === node.name);
    if (container === undefined) {
      return new vscode.TreeItem(node.name);
    }
    const held = this.#source.heldCalls().find((call) => call.container === node.name);
    const text = describeContainer(container, this.#clock.now(), held);
    const item = itemOf(text, vscode.TreeItemCollapsibleState.None);
    item.id = nodeId(node);
    item.contextValue = containerContext(container);
    item.tooltip = containerTooltip(container, held);
    return item;
  }

  #containersOf(routeId: RouteId): readonly ContainerSnapshot[] {
    return this.#source.containers().filter((container) => container.routeId === routeId);
  }

  #routesChanged(): void {
    this.#onDidChange.fire(undefined);
  }

  #containerChanged(container: ContainerSnapshot): void {
    const { name, routeId } = container;
    if (container.state.kind === 'gone') {
      this.#nodes.delete(nodeId({ kind: 'container', name, routeId }));
    }
    this.#refreshSoon(routeId);
  }

  /** Nothing counts while clocks are held, so the rows that say so change when that begins and ends. */
  #clocksHeld(): void {
    for (const { routeId, state } of this.#source.containers()) {
      if (state.kind === 'busy') {
        this.#refreshSoon(routeId);
      }
    }
  }

  #refreshSoon(routeId: RouteId): void {
    this.#changedRoutes.add(routeId);
    this.#refresh ??= this.#clock.after(refreshIntervalMs, () => {
      this.#refresh = undefined;
      const changed = [...this.#changedRoutes];
      this.#changedRoutes.clear();
      // A route's row counts its containers and lists them, so it changes with each of them.
      for (const id of changed) {
        this.#onDidChange.fire(this.#node({ kind: 'route', routeId: id }));
      }
    });
  }

  #node<T extends TreeNode>(node: T): TreeNode {
    const id = nodeId(node);
    const known = this.#nodes.get(id);
    if (known !== undefined) {
      return known;
    }
    this.#nodes.set(id, node);
    return node;
  }
}

/**
 * A row that has been a leaf does not expand by itself when it gets its first child, so a hot route is never one, nor
 * one that is kept warm.
 * Containers of a cold route come and go too fast to be unfolded without being asked for.
 */
function collapsibleStateOf(
  route: Route,
  containers: readonly ContainerSnapshot[],
  keptWarm: boolean,
): vscode.TreeItemCollapsibleState {
  if (route.format === 'http' || keptWarm) {
    return vscode.TreeItemCollapsibleState.Expanded;
  }
  return containers.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
}

function itemOf(
  text: { label: string; description: string; icon: string; color?: string; spoken: string },
  state: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(text.label, state);
  item.description = text.description;
  const color = text.color === undefined ? undefined : new vscode.ThemeColor(text.color);
  item.iconPath = new vscode.ThemeIcon(text.icon, color);
  item.accessibilityInformation = { label: text.spoken };
  return item;
}
