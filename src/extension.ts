import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from './api.ts';
import { holdEvents } from './core/calls/hold-events.ts';
import { systemClock } from './core/clock.ts';
import { DisposableStore } from './core/disposable.ts';
import type { Engine } from './core/engine.ts';
import { LateRunner } from './core/late-runner.ts';
import { Lazy } from './core/lazy.ts';
import type { Runner } from './core/runner.ts';
import { registerConfigurations } from './debug/configuration/register-configurations.ts';
import { registerDebugging } from './debug/register-debugging.ts';
import { RootSessions } from './debug/root-sessions.ts';
import {
  debugCommandIds,
  endpointCommandIds,
  historyCommandIds,
  keepWarmCommandIds,
  routeCommandIds,
  windowCommandIds,
} from './editor/command-ids.ts';
import { registerCommands } from './editor/commands/register-commands.ts';
import { createApi } from './editor/create-api.ts';
import { Admission } from './editor/engine-choice/admission.ts';
import { EngineChoice } from './editor/engine-choice/engine-choice.ts';
import { MemoryShare } from './editor/engine-choice/memory-share.ts';
import { KeptRoutes } from './editor/keep-warm/kept-routes.ts';
import { registerLens } from './editor/lens/register-lens.ts';
import { FunctionLog } from './editor/log/function-log.ts';
import { ResponseDocuments } from './editor/response/response-documents.ts';
import { SavedFiles } from './editor/routes/saved-files.ts';
import { WorkspaceRoutes } from './editor/routes/workspace-routes.ts';
import { settings } from './editor/settings.ts';
import { registerTree } from './editor/tree/register-tree.ts';
import { treeOutline } from './editor/tree/tree-outline.ts';
import { WireChannel } from './editor/wire-log/wire-channel.ts';

let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): HotFunctionsApi {
  const owned = new DisposableStore();
  const log = owned.add(new FunctionLog());
  const unexpected = (error: unknown): void =>
    log.channel.error(error instanceof Error ? (error.stack ?? error.message) : String(error));

  const storageFolder = context.globalStorageUri.fsPath;
  // Other extensions wait for this one's start: what is not needed to take part in the editor follows it.
  const started = new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  const window = started
    .then(async () => {
      const { WindowLease } = await import('./store/window-lease.ts');
      return WindowLease.take(storageFolder);
    })
    .catch((error: unknown) => {
      log.channel.warn(`What a sudden end of this window would leave running could not be found: ${String(error)}`);
      return undefined;
    });
  const admission = new Admission(context.workspaceState);
  const machine = {
    window,
    dockerHost: settings.dockerHost,
    buildArgs: settings.dockerBuildArgs,
    storageFolder,
    onBuildLog: (routeId: string, line: string) => log.channel.info(`[${routeId}] ${line}`),
    onRecordFailure: (error: unknown) =>
      log.channel.warn(`What runs on this machine cannot be recorded: ${String(error)}`),
  };
  const engines = new EngineChoice({
    preference: settings.engine,
    isTrusted: () => admission.isTrusted,
    select: async (preference) => {
      const { chooseEngine } = await import('./engines/choose-engine.ts');
      return chooseEngine(preference, machine);
    },
    vacate: () => runner.stopContainers(),
  });
  const orphans = {
    window,
    dockerHost: settings.dockerHost,
    onRemoved: (line: string) => log.channel.info(line),
    onFailure: (line: string) => log.channel.debug(line),
  };
  owned.add(
    engines.onDidChange((state) => {
      if (state.kind === 'selected' || state.kind === 'failed') {
        const chosen = state.kind === 'selected' ? state.selected.engine.kind : undefined;
        import('./engines/orphans.ts').then(({ removeOrphans }) => removeOrphans(chosen, orphans), unexpected);
      }
    }),
  );
  const memory = new MemoryShare({
    clock: systemClock,
    engineState: () => engines.state,
    setting: settings.memoryBudgetMiB,
    countWindows: async () => (await (await window)?.windows())?.live.size ?? 1,
  });
  const kept = new KeptRoutes(context.workspaceState);
  const runner = new LateRunner(async (emitters) => {
    const { Runner } = await import('./core/runner.ts');
    const made = new Runner(
      {
        clock: systemClock,
        engine: () => engines.engine(),
        admit: (_route, engine) => admission.admit(engine),
        spool: async (chunks, signal) => {
          // Few bodies are of unknown length.
          const { fileSpool } = await import('./store/file-spool.ts');
          return fileSpool({ folder: join(storageFolder, 'bodies'), maxBytes: 1024 ** 3 })(chunks, signal);
        },
        memoryBudgetMiB: () => memory.limitMiB(),
        newCallId: randomUUID,
        containerPrefix: `hot-${randomBytes(3).toString('hex')}`,
      },
      emitters,
    );
    const keepWarm = (): void => made.keepWarm(kept.ids);
    const setRoutes = (): void => made.setRoutes(routes.routes().map(({ route }) => route));
    keepWarm();
    setRoutes();
    owned.add(kept.onDidChange(keepWarm));
    owned.add(routes.onDidChange(setRoutes));
    return made;
  });
  log.follow(runner);
  const record = holdEvents(runner);

  const files = owned.add(new SavedFiles((message) => log.channel.warn(message)));
  const routes = owned.add(new WorkspaceRoutes(files, unexpected));

  const wire = owned.add(new WireChannel(runner.onWire, systemClock, unexpected));
  const responses = owned.add(new ResponseDocuments());
  const live = {
    containers: () => runner.containers(),
    onDidChangeContainers: runner.onDidChangeContainers,
    backOffMs: (routeId: string) => runner.loaded?.backOffMs(routeId),
    heldCalls: () => (runner.loaded?.clocksHeld === true ? runner.loaded.calls() : []),
    onDidHoldClocks: runner.onDidHoldClocks,
    kept,
  };
  const rows = {
    routes: () => routes.routes(),
    find: (routeId: string) => routes.find(routeId),
    onDidChangeRoutes: routes.onDidChange,
    ...live,
  };
  const { tree } = owned.add(registerTree(rows, systemClock));
  if (context.extensionMode === vscode.ExtensionMode.Test) {
    owned.add(vscode.commands.registerCommand('hotFunctions.test.treeOutline', () => treeOutline(tree)));
  }
  owned.add(registerLens(routes, unexpected));

  const background = new Lazy(async () => {
    const { openBackground } = await import('./background.ts');
    return openBackground({
      context,
      clock: systemClock,
      window,
      workerScript: new URL('./call-worker.js', import.meta.url),
      runner: await runner.get(),
      routes,
      engines,
      admission,
      invoke,
      memoryBudgetMiB: () => memory.limitMiB(),
      responses,
      log,
      record,
      onError: unexpected,
    });
  });
  const invoke: Runner['invoke'] = async (route, request, options) =>
    route.type === 'async' ? (await background.get()).accept(route, request) : runner.invoke(route, request, options);
  const { extensionUri, workspaceState } = context;
  const engine = (): Promise<Engine> => engines.engine();
  owned.add(registerCommands(endpointCommandIds, async () => (await background.get()).endpointCommands, unexpected));
  owned.add(registerCommands(historyCommandIds, async () => (await background.get()).historyCommands, unexpected));
  owned.add(
    registerCommands(
      routeCommandIds,
      async () => {
        const { routeCommands } = await import('./editor/commands/route-commands.ts');
        const loaded = await runner.get();
        return routeCommands({ routes, runner: loaded, invoke, admission, engine, responses, memory: workspaceState });
      },
      unexpected,
    ),
  );
  owned.add(
    registerCommands(
      keepWarmCommandIds,
      async () => {
        const { keepWarmCommands } = await import('./editor/keep-warm/keep-warm-commands.ts');
        return keepWarmCommands({ routes, kept, memory: context.globalState, onError: unexpected });
      },
      unexpected,
    ),
  );
  owned.add(
    registerCommands(
      windowCommandIds,
      async () => {
        const { windowCommands } = await import('./editor/commands/window-commands.ts');
        return windowCommands({ extensionUri, files, engines, admission, wire, log });
      },
      unexpected,
    ),
  );

  const sessions = owned.add(new RootSessions());
  owned.add(registerConfigurations({ routes, admission, engine, memory: workspaceState }));
  const maxResponseBytes = settings.responseMaxBytes;
  owned.add(
    registerDebugging(async () => ({
      runner: await runner.get(),
      routes,
      clock: systemClock,
      storageFolder,
      engine,
      maxResponseBytes,
      onError: unexpected,
    })),
  );
  owned.add(
    registerCommands(
      debugCommandIds,
      async () => {
        const { debugCommands } = await import('./debug/commands/debug-commands.ts');
        return debugCommands({ routes, sessions });
      },
      unexpected,
    ),
  );

  close = async () => {
    const opened = await background.made?.catch(() => undefined);
    // Who calls from outside first: nothing begins any more, and what nobody waits for is put back.
    await opened?.stop();
    // Containers before the logs: what they still say goes there.
    await runner.close();
    await opened?.close();
    await engines.dispose();
    owned.dispose();
    // Last: without it, another window would take what still runs here for an orphan's.
    await (await window)?.release();
  };
  void started
    .then(async () => {
      const { followWindow } = await import('./editor/follow-window.ts');
      const { id: extensionId } = context.extension;
      const { channel } = log;
      owned.add(
        followWindow({
          routes,
          runner: await runner.get(),
          engines,
          live,
          log: channel,
          clock: systemClock,
          extensionId,
          onError: unexpected,
        }),
      );
      await files.rescan();
    })
    .catch(unexpected);
  void started
    .then(() => background.get())
    .catch((error: unknown) => {
      unexpected(error);
      // Nobody will ask for what is held.
      record({ follow: () => ({ dispose: () => {} }) });
    });
  return createApi(runner, routes, invoke);
}

export async function deactivate(): Promise<void> {
  await close?.();
  close = undefined;
}
