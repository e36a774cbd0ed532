import type { DebugProtocol } from '@vscode/debugprotocol';
import type { EditableRequest } from '../../../../src/core/call-gate.ts';
import { Emitter } from '../../../../src/core/event.ts';
import type { Route } from '../../../../src/core/route.ts';
import type { LaunchConfiguration } from '../../../../src/debug/configuration/launch-configuration.ts';
import type { DebugLanguage } from '../../../../src/debug/languages/debug-language.ts';
import type { ChildSession } from '../../../../src/debug/session/function-debugger.ts';
import { RootAdapter } from '../../../../src/debug/session/root-adapter.ts';
import { settled } from '../../fakes/fake-clock.ts';
import { RunnerBed } from '../../fakes/runner-bed.ts';

export const routeFile = '/home/me/func.yaml';

/** A language whose debugger is a listener that nobody has to ask, so that the editor's part is the test's. */
export const listening: DebugLanguage = {
  id: 'php',
  name: 'Fake',
  plan: async () => ({
    alteration: { files: [], command: (given) => given, extraMemoryMiB: 0 },
    attachment: {
      kind: 'listener',
      port: 1,
      relays: [],
      configuration: ({ host }) => ({ type: 'fake', request: 'attach', host }),
    },
  }),
};

interface FakeChild {
  readonly configuration: { readonly type: string };
  readonly configured: PromiseWithResolvers<void>;
  readonly ended: PromiseWithResolvers<void>;
}

/** An editor in front of a root adapter, on a runner with fake time and a fake engine. */
export class AdapterBed {
  readonly bed: RunnerBed;
  readonly adapter: RootAdapter;
  readonly children: FakeChild[] = [];
  readonly errors: unknown[] = [];
  /** Whether the editor attaches to children at once. */
  autoAttach = true;
  language: DebugLanguage | undefined;
  #messages: DebugProtocol.ProtocolMessage[] = [];
  readonly #sent = new Emitter<DebugProtocol.ProtocolMessage>();
  readonly #route: Route;
  #seq = 0;

  constructor(route: Route) {
    this.#route = route;
    this.bed = new RunnerBed([route]);
    const { runner, clock, engine } = this.bed;
    this.adapter = new RootAdapter({
      runner,
      clock,
      storageFolder: '/storage',
      engine: async () => engine,
      languages: {
        of: () => this.language ?? listening,
        detect: async () => this.language,
        roots: async () => ({ localRoot: '/home/me', remoteRoot: '/function' }),
      },
      children: {
        hasExtension: () => true,
        start: (configuration): ChildSession => {
          const child = {
            configuration,
            configured: Promise.withResolvers<void>(),
            ended: Promise.withResolvers<void>(),
          };
          this.children.push(child);
          if (this.autoAttach) {
            child.configured.resolve();
          }
          return { configured: child.configured.promise, ended: child.ended.promise };
        },
      },
      freePort: async () => 1,
      define: async () => ({ route, file: routeFile, line: 2 }),
      linesOf: async (path) => (path === routeFile ? [{ routeId: route.id, line: 2, firstLine: 1, lastLine: 9 }] : []),
      requestOf: async (call): Promise<EditableRequest> => ({
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.headers === undefined
          ? {}
          : { headers: Object.entries(call.headers).map(([n, v]) => [n, String(v)]) }),
      }),
      maxResponseBytes: () => 1024,
      onError: (error) => this.errors.push(error),
    });
    this.adapter.onDidSendMessage((message) => {
      this.#messages.push(message as DebugProtocol.ProtocolMessage);
      this.#sent.fire(message as DebugProtocol.ProtocolMessage);
    });
  }

  /** What the adapter has told since it was last asked for: events by name, with what tells them apart. */
  heard(): readonly string[] {
    const messages = this.#messages;
    this.#messages = [];
    return messages.flatMap(describeMessage);
  }

  async ask<T = Record<string, unknown>>(command: string, args: object = {}): Promise<T> {
    const response = await this.response(command, args);
    if (!response.success) {
      throw new Error(response.message);
    }
    return response.body;
  }

  response(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    this.#seq += 1;
    const seq = this.#seq;
    const { promise, resolve } = Promise.withResolvers<DebugProtocol.Response>();
    const subscription = this.#sent.event((message) => {
      if ('request_seq' in message && message.request_seq === seq) {
        subscription.dispose();
        resolve(message as DebugProtocol.Response);
      }
    });
    this.adapter.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    return promise;
  }

  /** As the editor begins a session. Does not wait for the function. */
  async launch(
    fields: Partial<LaunchConfiguration> = {},
    { breakpoint = false, filters = [] }: { breakpoint?: boolean; filters?: readonly string[] } = {},
  ): Promise<{ readonly launched: Promise<DebugProtocol.Response> }> {
    await this.ask('initialize', { adapterID: 'hot-function', pathFormat: 'path', supportsProgressReporting: true });
    const { id: route } = this.#route;
    const configuration = { type: 'hot-function', request: 'launch', name: 'test', route, definedIn: 'x', ...fields };
    const launched = this.response('launch', configuration);
    await settled();
    if (breakpoint) {
      await this.ask('setBreakpoints', { source: { path: routeFile }, breakpoints: [{ line: 5 }] });
    }
    await this.ask('setExceptionBreakpoints', { filters });
    await this.ask('configurationDone');
    await settled();
    return { launched };
  }

  /** Names and values of one scope, now. */
  async scope(name: string): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await this.variables(await this.reference(name))).map((one) => [one.name, one.value]));
  }

  async variables(variablesReference: number): Promise<readonly DebugProtocol.Variable[]> {
    return (await this.ask<{ variables: DebugProtocol.Variable[] }>('variables', { variablesReference })).variables;
  }

  /** @param path names of a scope and of what is in it */
  async reference(...[scope, ...path]: readonly string[]): Promise<number> {
    const { scopes } = await this.ask<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: 1 });
    let reference = scopes.find(({ name }) => name === scope)?.variablesReference ?? 0;
    for (const name of path) {
      reference = (await this.variables(reference)).find((one) => one.name === name)?.variablesReference ?? 0;
    }
    return reference;
  }
}

function describeMessage(message: DebugProtocol.ProtocolMessage): readonly string[] {
  if (message.type !== 'event') {
    const { command, success } = message as DebugProtocol.Response;
    return command === 'launch' ? [`launch ${success ? 'succeeded' : 'failed'}`] : [];
  }
  const { event, body } = message as DebugProtocol.Event;
  switch (event) {
    case 'stopped':
      return [`stopped: ${body.reason}, ${body.description}`];
    case 'thread':
      return [`thread ${body.reason}`];
    case 'output':
      return [`${body.category}: ${String(body.output).split('\n')[0]?.replace(/ · .*/, '')}`];
    case 'progressStart':
    case 'progressUpdate':
      return [`${event}: ${body.message}`];
    default:
      return [event];
  }
}
