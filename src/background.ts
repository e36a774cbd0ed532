import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CallRequest, CallResult } from './core/call.ts';
import { acceptedResult } from './core/calls/accepted-result.ts';
import { AsyncQueue } from './core/calls/async-queue.ts';
import type { CallRecorder } from './core/calls/call-recorder.ts';
import type { Clock } from './core/clock.ts';
import { type Disposable, DisposableStore } from './core/disposable.ts';
import type { Engine } from './core/engine.ts';
import { HotFunctionsError } from './core/errors.ts';
import type { Route } from './core/route.ts';
import type { Runner } from './core/runner.ts';
import { commandIds } from './editor/command-ids.ts';
import { type EndpointCommandTable, endpointCommands } from './editor/endpoint/endpoint-commands.ts';
import { endpointSettings } from './editor/endpoint/endpoint-settings.ts';
import { showEndpoint } from './editor/endpoint/endpoint-status.ts';
import { EndpointToken } from './editor/endpoint/endpoint-token.ts';
import { LocalEndpoint } from './editor/endpoint/local-endpoint.ts';
import { startWithWindow } from './editor/endpoint/start-with-window.ts';
import type { Admission } from './editor/engine-choice/admission.ts';
import { type EngineChoice, untrustedWorkspace } from './editor/engine-choice/engine-choice.ts';
import { CallDocuments } from './editor/history/call-documents.ts';
import { failureNotice } from './editor/history/failure-notice.ts';
import { type HistoryCommandTable, historyCommands } from './editor/history/history-commands.ts';
import { historyOutline } from './editor/history/history-outline.ts';
import { recordingLimits, retention } from './editor/history/history-settings.ts';
import { registerHistory } from './editor/history/register-history.ts';
import { Invoker } from './editor/invoke/invoker.ts';
import type { FunctionLog } from './editor/log/function-log.ts';
import type { ResponseDocuments } from './editor/response/response-documents.ts';
import type { WorkspaceRoutes } from './editor/routes/workspace-routes.ts';
import { affects, settings } from './editor/settings.ts';
import { type CallSettings, CallStorage } from './store/calls/call-storage.ts';
import { sharedStorage } from './store/shared-storage.ts';
import type { WindowLease } from './store/window-lease.ts';

const maxRequestBytes = 64 * 1024 ** 2;
/** An engine that does not come to an end of its call must not keep the window from closing. */
const endpointCloseMs = 2000;

export interface BackgroundDependencies {
  readonly context: vscode.ExtensionContext;
  readonly clock: Clock;
  readonly window: Promise<WindowLease | undefined>;
  /** The bundled worker of the history. */
  readonly workerScript: URL;
  readonly runner: Runner;
  readonly routes: WorkspaceRoutes;
  readonly engines: EngineChoice;
  readonly admission: Admission;
  readonly invoke: Runner['invoke'];
  readonly memoryBudgetMiB: () => number | undefined;
  readonly responses: ResponseDocuments;
  readonly log: FunctionLog;
  /** Hands over what has happened so far. */
  readonly record: (recorder: CallRecorder) => Disposable;
  readonly onError: (error: unknown) => void;
}

/** What a window does besides what it is asked for at the moment. */
export interface Background {
  /** Stores a call of an asynchronous route and answers at once. */
  accept(route: Route, request: CallRequest): Promise<CallResult>;
  readonly endpointCommands: EndpointCommandTable;
  readonly historyCommands: HistoryCommandTable;
  /** Takes no more calls, and puts back those that run. To be called before the runner closes. */
  stop(): Promise<void>;
  /** Writes what is still to be written, within a bound. To be called when the runner has closed. */
  close(): Promise<void>;
}

/** Builds the part of the object graph that no window needs for its start: history, queue and endpoint. */
export function openBackground(dependencies: BackgroundDependencies): Background {
  const { context, clock, window, runner, routes, engines, admission, invoke, responses, log, onError } = dependencies;
  const owned = new DisposableStore();

  let callSettings = readCallSettings();
  const storage = new CallStorage({
    storageFolder: storageFolderOf(context),
    workerScript: dependencies.workerScript,
    window,
    clock,
    settings: () => callSettings,
    tell: tellOnce(log),
    maxRequestBytes,
  });
  const { store, asyncCalls } = storage;
  owned.add(dependencies.record(storage.recorder));
  owned.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'history', 'secretNames')) {
        callSettings = readCallSettings();
        storage.settingsChanged();
      }
    }),
  );

  const queue = new AsyncQueue({
    store: asyncCalls,
    clock,
    wallClock: Date.now,
    invoke: (...call) => runner.invoke(...call),
    route: (routeId) => routes.find(routeId)?.route,
    memoryBudgetMiB: dependencies.memoryBudgetMiB,
    newCallId: randomUUID,
    onError,
  });
  owned.add(
    queue.onDidFinish(
      failureNotice(async ({ text, callId }) => {
        const open = callId === undefined ? 'Show History' : 'Open Call';
        if ((await vscode.window.showWarningMessage(text, open)) === open) {
          const command = callId === undefined ? commandIds.showHistory : commandIds.openCall;
          await vscode.commands.executeCommand(command, { callId });
        }
      }),
    ),
  );
  const submit = async (route: Route, request: CallRequest): Promise<string> => {
    if (!admission.isTrusted) {
      throw untrustedWorkspace();
    }
    if (routes.find(route.id) === undefined) {
      throw new HotFunctionsError('invalid-route', `${route.id} is asynchronous and is not saved.`, {
        hint: 'Save its file first: the call is run as that says when its turn comes.',
      });
    }
    // Without an engine the call waits for one; what nobody has allowed does not wait for that.
    const engine = await engines.engine().catch((): Engine | undefined => undefined);
    if (engine !== undefined) {
      admission.admit(engine);
    }
    return queue.submit(route, request);
  };
  wakeQueue(queue, () => asyncCalls.anyLeft(), { engines, admission, onError }, owned);
  void routes.ready.then(() => whenTrusted(() => queue.start(), owned));

  const { tree } = owned.add(registerHistory(store, clock, onError));
  const documents = owned.add(new CallDocuments(store, clock));
  if (context.extensionMode === vscode.ExtensionMode.Test) {
    owned.add(vscode.commands.registerCommand('hotFunctions.test.historyOutline', () => historyOutline(tree)));
  }

  const token = owned.add(new EndpointToken(context.secrets, onError));
  const version = String(context.extension.packageJSON.version);
  const endpoint = owned.add(new LocalEndpoint({ runner, routes, submit, clock, token, version, onError }));
  owned.add(showEndpoint(endpoint, token));
  if (endpointSettings.autoStart()) {
    const start = (): void => void startWithWindow(endpoint, log.channel).catch(onError);
    void routes.ready.then(() => whenTrusted(start, owned));
  }

  const engine = (): Promise<Engine> => engines.engine();
  const invoker = new Invoker({ runner, invoke, admission, engine, responses });
  return {
    accept: async (route, request) => {
      const since = clock.now();
      const callId = await submit(route, request);
      return acceptedResult(route, callId, clock.now() - since);
    },
    endpointCommands: endpointCommands({ endpoint, token, routes, memory: context.workspaceState }),
    historyCommands: historyCommands({ store, queue, tree, documents, routes, invoker }),
    stop: async () => {
      const closed = new Promise<void>((resolve) => {
        const timer = clock.after(endpointCloseMs, resolve);
        void endpoint
          .close()
          .catch(onError)
          .then(() => {
            timer.dispose();
            resolve();
          });
      });
      await Promise.all([closed, queue.close()]);
    },
    close: async () => {
      await store.close();
      owned.dispose();
    },
  };
}

/** Calls of a window without a folder are kept in a place of their own, which is always the same. */
function storageFolderOf({ storageUri, globalStorageUri }: vscode.ExtensionContext): string {
  return storageUri === undefined ? join(globalStorageUri.fsPath, 'no-folder') : sharedStorage(storageUri.fsPath);
}

function readCallSettings(): CallSettings {
  return { recording: recordingLimits(), retention: retention(), secretNames: settings.secretNames() };
}

/**
 * Everything goes to the log. Of the first message, the first line is shown as well: it says that calls are not kept,
 * or kept anew.
 */
function tellOnce(log: FunctionLog): (message: string) => void {
  let shown = false;
  return (message) => {
    log.channel.warn(message);
    if (!shown) {
      shown = true;
      const showLog = 'Show Log';
      const [line = message] = message.split('\n');
      void vscode.window.showWarningMessage(line, showLog).then((answer) => {
        if (answer === showLog) {
          log.show();
        }
      });
    }
  };
}

/** What calls wait for may be there: an engine, or somebody's consent. Without calls nothing is opened to find out. */
function wakeQueue(
  queue: AsyncQueue,
  anyLeft: () => Promise<boolean>,
  { engines, admission, onError }: Pick<BackgroundDependencies, 'engines' | 'admission' | 'onError'>,
  owned: DisposableStore,
): void {
  const wake = (): void => {
    void anyLeft()
      .then((left) => {
        if (left && admission.isTrusted) {
          queue.wake();
        }
      })
      .catch(onError);
  };
  owned.add(admission.onDidAllow(wake));
  owned.add(
    engines.onDidChange(({ kind }) => {
      if (kind === 'selected') {
        wake();
      }
    }),
  );
}

function whenTrusted(run: () => void, owned: DisposableStore): void {
  if (vscode.workspace.isTrusted) {
    run();
  } else {
    owned.add(vscode.workspace.onDidGrantWorkspaceTrust(run));
  }
}
