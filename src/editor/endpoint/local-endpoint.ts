import * as vscode from 'vscode';
import type { CallRequest } from '../../core/call.ts';
import type { Clock } from '../../core/clock.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Route } from '../../core/route.ts';
import type { Runner } from '../../core/runner.ts';
import { secretNames } from '../../core/wire/secret-names.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { GatewayOptions } from '../../gateway/gateway-options.ts';
import { untrustedWorkspace } from '../engine-choice/engine-choice.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { settings } from '../settings.ts';
import { endpointSettings } from './endpoint-settings.ts';
import type { EndpointToken } from './endpoint-token.ts';

export interface ListeningEndpoint {
  readonly kind: 'listening';
  readonly port: number;
  /** The one that the settings name, or 0 for whichever is free. */
  readonly wantedPort: number;
  /** Where the user's browser reaches it, without a slash at the end. */
  readonly address: string;
  /** Where programs of this machine reach it. */
  readonly localAddress: string;
}

export type EndpointState = { readonly kind: 'stopped' } | ListeningEndpoint;

export interface LocalEndpointDependencies {
  readonly runner: Runner;
  readonly routes: WorkspaceRoutes;
  /** Stores a call of an asynchronous route. */
  readonly submit: (route: Route, request: CallRequest) => Promise<string>;
  readonly clock: Clock;
  readonly token: EndpointToken;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

const stopped: EndpointState = { kind: 'stopped' };

/** The HTTP endpoint of this window: whether it listens, and where. */
export class LocalEndpoint implements vscode.Disposable {
  readonly #dependencies: LocalEndpointDependencies;
  readonly #onDidChange = new vscode.EventEmitter<EndpointState>();
  readonly onDidChange = this.#onDidChange.event;
  #state: EndpointState = stopped;
  #gateway: Gateway | undefined;
  #allowedHosts: readonly string[] = [];
  /** Starting and stopping take turns. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #routes: { readonly of: readonly DefinedRoute[]; readonly routes: readonly Route[] } = { of: [], routes: [] };

  constructor(dependencies: LocalEndpointDependencies) {
    this.#dependencies = dependencies;
  }

  get state(): EndpointState {
    return this.#state;
  }

  /** Settles with where it listens, also when it does already. */
  start(): Promise<ListeningEndpoint> {
    return this.#inTurn(async () => {
      if (this.#state.kind === 'listening') {
        return this.#state;
      }
      if (!vscode.workspace.isTrusted) {
        throw untrustedWorkspace();
      }
      if (this.#closed) {
        throw new HotFunctionsError('closing', 'Hot Functions is closing.');
      }
      return this.#listen();
    });
  }

  /** Aborts the calls that come through it. Settles when nothing listens any more. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const gateway = this.#gateway;
      this.#gateway = undefined;
      this.#set(stopped);
      await gateway?.close();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  dispose(): void {
    this.#onDidChange.dispose();
  }

  async #listen(): Promise<ListeningEndpoint> {
    const { token } = this.#dependencies;
    const wantedPort = endpointSettings.port();
    await token.load();
    const { startGateway } = await import('../../gateway/gateway.ts');
    const gateway = await startGateway(this.#gatewayOptions(wantedPort)).catch((error: unknown) => {
      throw new HotFunctionsError('start-failed', whyNot(error, wantedPort), {
        hint: 'Choose another one: setting hotFunctions.endpoint.port.',
        cause: error,
      });
    });
    this.#gateway = gateway;
    const { port } = gateway.address;
    const localAddress = `http://localhost:${port}`;
    const external = await this.#externalUri(localAddress);
    this.#allowedHosts = [external.authority.toLowerCase()];
    const address = external.toString(true).replace(/\/+$/, '');
    const state: ListeningEndpoint = { kind: 'listening', port, wantedPort, address, localAddress };
    this.#set(state);
    return state;
  }

  #gatewayOptions(port: number): GatewayOptions {
    const { runner, routes, submit, clock, token, version, onError } = this.#dependencies;
    return {
      runner,
      submitAsync: submit,
      routes: () => this.#currentRoutes(),
      apps: () => routes.apps(),
      clock,
      port,
      allowedHosts: () => this.#allowedHosts,
      allowedOrigins: () => endpointSettings.allowedOrigins().map(originOf),
      token: () => token.value,
      version,
      isSecret: (name) => secretNames(settings.secretNames())(name),
      onError,
    };
  }

  /** The same array as long as nothing has changed. */
  #currentRoutes(): readonly Route[] {
    const defined = this.#dependencies.routes.routes();
    if (this.#routes.of !== defined) {
      this.#routes = { of: defined, routes: defined.map(({ route }) => route) };
    }
    return this.#routes.routes;
  }

  async #externalUri(local: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.parse(local);
    try {
      return await vscode.env.asExternalUri(uri);
    } catch (error) {
      // Without a forwarded port it is still there for this machine.
      this.#dependencies.onError(error);
      return uri;
    }
  }

  #set(state: EndpointState): void {
    this.#state = state;
    this.#onDidChange.fire(state);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

function whyNot(error: unknown, port: number): string {
  const isTaken = error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
  const why = error instanceof Error ? error.message : String(error);
  return isTaken ? `Port ${port} is taken, and so are those after it.` : `It cannot listen at port ${port}: ${why}.`;
}

/** As browsers write it, also of an address that was pasted with its path. */
function originOf(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.exec(text.trim())?.[0].toLowerCase() ?? text.trim();
}
