import type { DebugProtocol } from '@vscode/debugprotocol';
import type { GateContainer } from '../../core/call-gate.ts';
import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { Engine, EngineKind, FunctionCommand, StartAlteration } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Route } from '../../core/route.ts';
import type { LaunchConfiguration } from '../configuration/launch-configuration.ts';
import type {
  Attachment,
  DapAttachment,
  DebugLanguage,
  DebugSurroundings,
  LanguageId,
  ListenerAttachment,
  PathRoots,
} from '../languages/debug-language.ts';
import { DapRelay } from './dap-relay.ts';
import type { FunctionStderr } from './function-stderr.ts';
import { LoopbackListener } from './loopback-listener.ts';
import { greetDebugger, reach } from './reach-debugger.ts';

/** How long an adapter may take to attach: it may be a slow machine, but not a person. */
const attachLimitMs = 60_000;

/** A session below ours that debugs the function's code. */
export interface ChildSession {
  /** Settles when it has attached and all breakpoints are set. */
  readonly configured: Promise<void>;
  /** Settles when it has ended. Never rejects. */
  readonly ended: Promise<void>;
}

export interface ChildOptions {
  /** What debugs it, where that is no extension. */
  readonly relay?: DapRelay;
  /** Told of what it shows in the Debug Console. */
  readonly onOutput: (text: string) => void;
}

/** Starts sessions in the editor, below the one that asks. */
export interface ChildSessions {
  start(
    configuration: { readonly type: string; readonly request: string; readonly [name: string]: unknown },
    options: ChildOptions,
  ): ChildSession;
  hasExtension(id: string): boolean;
}

/** What is known of languages, and of the function's folders. */
export interface LanguagesAtHand {
  of(id: LanguageId): DebugLanguage;
  detect(route: Route, found: FunctionCommand): Promise<DebugLanguage | undefined>;
  roots(
    route: Route,
    at: {
      readonly engineKind: EngineKind;
      readonly found: FunctionCommand | undefined;
      readonly container: GateContainer;
    },
  ): Promise<PathRoots & { readonly warning?: string }>;
}

export interface FunctionDebuggerOptions {
  readonly route: Route;
  readonly configuration: LaunchConfiguration;
  readonly clock: Clock;
  readonly storageFolder: string;
  readonly languages: LanguagesAtHand;
  readonly children: ChildSessions;
  readonly stderr: FunctionStderr;
  readonly freePort: () => Promise<number>;
  /** As the editor introduced itself. */
  readonly initialize: DebugProtocol.InitializeRequestArguments;
  readonly note: (text: string) => void;
  readonly onChildEnded: () => void;
  readonly onError: (error: unknown) => void;
}

interface Plan {
  readonly language: DebugLanguage;
  readonly attachment: Attachment;
  readonly engineKind: EngineKind;
  readonly found: FunctionCommand | undefined;
}

/** Debugs the code of one run's function: alters how its container starts and attaches the editor to it. */
export class FunctionDebugger implements Disposable {
  readonly #options: FunctionDebuggerOptions;
  /** Of the container that starts next. */
  #plan: Plan | undefined;
  #attached: { readonly container: string; readonly release: () => void } | undefined;
  #warned = false;
  readonly #closed = new AbortController();

  readonly #onOutput = (text: string): void => this.#options.stderr.shown(text);

  constructor(options: FunctionDebuggerOptions) {
    this.#options = options;
  }

  /** The name of the language's debugger, once it is known. */
  get language(): string | undefined {
    return this.#plan?.language.name;
  }

  /** How a container is started. Rejects with `debugger-missing` and what to add. */
  async alter(found: FunctionCommand, engine: Engine): Promise<StartAlteration> {
    const { route, configuration, languages, storageFolder, freePort, note } = this.#options;
    const language = configuration.language
      ? languages.of(configuration.language)
      : await languages.detect(route, found);
    const env = configuration.env ?? {};
    if (language === undefined) {
      this.#plan = undefined;
      note(`The language of ${route.id} is not known, so its code runs without a debugger. Set "language".\n`);
      return {
        files: [],
        command: (given) => ({ argv: given.argv, env: { ...given.env, ...env } }),
        extraMemoryMiB: 0,
      };
    }
    const on: DebugSurroundings = { engineKind: engine.kind, format: route.format, env, storageFolder, freePort };
    const { alteration, attachment } = await language.plan(found, on);
    this.#requireExtension(language, attachment, found);
    this.#plan = { language, attachment, engineKind: engine.kind, found };
    return alteration;
  }

  /** Opens the debugger of a container that runs already. Rejects where only a restart helps. */
  async open(container: GateContainer, engineKind: EngineKind): Promise<void> {
    const { route, configuration, languages, stderr } = this.#options;
    const argv = await container.access.command();
    const found: FunctionCommand = { argv, env: {}, workingFolder: route.source?.folder ?? '/' };
    const language = configuration.language
      ? languages.of(configuration.language)
      : await languages.detect(route, found);
    if (language?.attachInPlace === undefined) {
      const what = language === undefined ? 'this function' : language.name;
      throw new HotFunctionsError('debugger-missing', `A debugger cannot get into ${what} while it runs.`, {
        hint: 'Restart it for debugging.',
      });
    }
    const live = {
      engineKind,
      container,
      onStderr: (listener: (text: string) => void) => stderr.listen(container.name, listener),
    };
    const attachment = await language.attachInPlace(live, this.#signalFor(container));
    this.#plan = { language, attachment, engineKind, found };
  }

  /** Settles when the editor debugs the function in this container. Once for each container. */
  async attach(container: GateContainer): Promise<void> {
    const plan = this.#plan;
    const { stderr, configuration } = this.#options;
    // A debugger of another kind has the function's console before it goes to stderr.
    const echoes = plan?.attachment.kind === 'listener';
    stderr.follow(container.name, { chatter: plan?.language.chatter, echoes });
    if (plan === undefined || this.#attached?.container === container.name) {
      return;
    }
    this.#attached?.release();
    this.#attached = undefined;
    const signal = this.#signalFor(container);
    const roots = await this.#roots(plan, container);
    const name = `${plan.language.name} in ${container.name}`;
    const attaching =
      plan.attachment.kind === 'dap'
        ? this.#attachRelay(plan.attachment, { container, roots, signal, name, type: configuration.type })
        : this.#attachListener(plan.attachment, { container, roots, signal, name, type: configuration.type });
    try {
      await attaching;
    } catch (error) {
      throw this.explained(error, stderr.tailOf(container.name));
    }
  }

  /** What a failed start has to do with the debugger, if it has. */
  explained(error: unknown, stderr?: string): unknown {
    const said = stderr ?? (error instanceof HotFunctionsError ? error.stderr : undefined) ?? '';
    return this.#plan?.language.explain?.(said, error) ?? error;
  }

  dispose(): void {
    this.#closed.abort(new HotFunctionsError('stopped', 'The debugger was stopped.'));
    this.#attached?.release();
    this.#attached = undefined;
  }

  async #attachRelay({ port, relays, request, attachArguments }: DapAttachment, to: Target): Promise<void> {
    const { clock, children, initialize, onError } = this.#options;
    const { container, roots, signal, name, type } = to;
    const greeted = await reach(
      async (attempt) => greetDebugger(await container.access.connect(port, relays), initialize, attempt),
      { clock, signal },
    );
    const relay = new DapRelay({ ...greeted, request, arguments: attachArguments(roots), onError });
    // The editor's side of it is a session of ours, so nothing else has to be installed.
    const child = children.start({ type, request: 'attach', name }, { relay, onOutput: this.#onOutput });
    await this.#configured(child, to, () => relay.end());
  }

  async #attachListener(attachment: ListenerAttachment, to: Target): Promise<void> {
    const { clock, children } = this.#options;
    const { container, roots, signal, name } = to;
    const open = () => container.access.connect(attachment.port, attachment.relays);
    if (attachment.ready !== undefined) {
      await reach(async () => attachment.ready?.(open), { clock, signal });
    }
    const listener = await LoopbackListener.open(open, this.#options.onError);
    const child = children.start({ ...attachment.configuration(listener, roots), name }, { onOutput: this.#onOutput });
    await this.#configured(child, to, () => listener.dispose());
    listener.stopAccepting();
  }

  async #configured(child: ChildSession, { container, signal }: Target, free: () => void): Promise<void> {
    let released = false;
    const release = (): void => {
      released = true;
      free();
    };
    this.#attached = { container: container.name, release };
    void child.ended.then(() => {
      free();
      if (!released && !this.#closed.signal.aborted) {
        this.#options.onChildEnded();
      }
    });
    const { promise: late, reject } = Promise.withResolvers<never>();
    const fail = (): void => reject(signal.reason);
    const timer = this.#options.clock.after(attachLimitMs, () =>
      reject(new HotFunctionsError('debugger-unreachable', 'The editor did not attach to the function in time.')),
    );
    signal.addEventListener('abort', fail, { once: true });
    try {
      await Promise.race([child.configured, late]);
    } catch (error) {
      release();
      throw error;
    } finally {
      timer.dispose();
      signal.removeEventListener('abort', fail);
    }
  }

  async #roots({ engineKind, found }: Plan, container: GateContainer): Promise<PathRoots> {
    const { route, configuration, languages, note } = this.#options;
    const { localRoot, remoteRoot } = configuration;
    if (localRoot !== undefined && remoteRoot !== undefined) {
      return { localRoot, remoteRoot };
    }
    const guessed = await languages.roots(route, { engineKind, found, container });
    if (guessed.warning !== undefined && !this.#warned && remoteRoot === undefined) {
      this.#warned = true;
      note(`${guessed.warning}\n`);
    }
    return { localRoot: localRoot ?? guessed.localRoot, remoteRoot: remoteRoot ?? guessed.remoteRoot };
  }

  #requireExtension(language: DebugLanguage, attachment: Attachment, { workingFolder }: FunctionCommand): void {
    const { route, children, note } = this.#options;
    if (attachment.kind !== 'listener' || attachment.extension === undefined) {
      return;
    }
    const { id, name } = attachment.extension;
    if (!children.hasExtension(id)) {
      const configuration = attachment.configuration(
        { host: '127.0.0.1', port: attachment.port },
        { localRoot: route.source?.folder ?? workingFolder, remoteRoot: workingFolder },
      );
      note(`What attaches by hand:\n${JSON.stringify(configuration, undefined, 2)}\n`);
      throw new HotFunctionsError('debugger-missing', `Debugging ${language.name} needs the extension ${name}.`, {
        hint: `Install ${id}.`,
      });
    }
  }

  /** Aborted when the container or the session has ended. */
  #signalFor(container: GateContainer): AbortSignal {
    const gone = new AbortController();
    void container.gone.then(() =>
      gone.abort(new HotFunctionsError('function-exited', 'The function ended before its debugger was ready.')),
    );
    return AbortSignal.any([this.#closed.signal, gone.signal]);
  }
}

interface Target {
  readonly container: GateContainer;
  readonly roots: PathRoots;
  readonly signal: AbortSignal;
  readonly name: string;
  readonly type: string;
}
