import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Disposable } from '../core/disposable.ts';
import type { Route } from '../core/route.ts';
import { isUsualSecret } from '../core/wire/secret-names.ts';
import { CallMetrics } from './call-metrics.ts';
import type { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { allowOrigin } from './cross-origin.ts';
import { answerDaemonApi, type DaemonApiOptions } from './daemon-api.ts';
import { type GatewayLimits, usualLimits } from './gateway-limits.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { admit, hasOneHost, type Shown, shownToken } from './guard.ts';
import { type LoopbackListeners, listenOnLoopback } from './listen-on-loopback.ts';
import { decoded, type RequestTarget } from './request-target.ts';
import { RouteIndex } from './route-index.ts';
import { sendError, sendText } from './send.ts';
import { type ServeCallOptions, serveCall } from './serve-call.ts';

export interface GatewayStats {
  readonly connections: number;
  /** Requests that are being answered. */
  readonly active: number;
  /** Requests since the beginning, refused ones included. */
  readonly requests: number;
}

export interface Gateway {
  readonly address: { readonly host: string; readonly port: number };
  readonly stats: GatewayStats;
  /** Aborts the calls under way and settles when no connection and no request is left. */
  close(): Promise<void>;
}

/** Opens the endpoint that callers of the daemon use, on the loopback only. Rejects when no port can be had. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new HttpGateway(options);
  await gateway.listen();
  return gateway;
}

/** How often slow requests are looked for. */
const checkMs = 1000;

class HttpGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #index: RouteIndex;
  readonly #metrics: CallMetrics;
  readonly #daemonApi: DaemonApiOptions;
  readonly #serveCall: ServeCallOptions;
  readonly #following: Disposable;
  readonly #idle: (() => void)[] = [];
  readonly #connections: Connections;
  #listening: LoopbackListeners = { port: 0, servers: [] };
  #active = 0;
  #requests = 0;

  constructor(options: GatewayOptions) {
    const { runner, version, isSecret = isUsualSecret } = options;
    this.#options = options;
    this.#limits = { ...usualLimits, ...options.limits };
    this.#index = new RouteIndex(options.routes, options.apps);
    this.#connections = new Connections({
      clock: options.clock,
      limits: this.#limits,
      closeIdle: () => {
        for (const server of this.#listening.servers) {
          server.closeIdleConnections();
        }
      },
    });
    this.#serveCall = { ...options, limits: this.#limits };
    this.#metrics = new CallMetrics({
      calls: () => runner.calls(),
      containers: () => runner.containers(),
      connections: () => this.#connections.size,
    });
    this.#following = runner.onDidFinishCall((summary) => this.#metrics.add(summary));
    const stats = () => {
      const calls = runner.calls();
      const running = calls.filter(({ container }) => container !== undefined).length;
      return { Queue: calls.length - running, Running: running, Complete: this.#metrics.complete };
    };
    this.#daemonApi = { index: this.#index, version, isSecret, stats };
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#listening.port };
  }

  get stats(): GatewayStats {
    return { connections: this.#connections.size, active: this.#active, requests: this.#requests };
  }

  async listen(): Promise<void> {
    try {
      this.#listening = await listenOnLoopback(() => this.#server(), this.#options.port);
    } catch (error) {
      this.#following.dispose();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#following.dispose();
    const { servers } = this.#listening;
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const server of servers) {
      server.closeAllConnections();
    }
    await Promise.all(closed);
    if (this.#active > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  #server(): Server {
    const { maxHeadBytes, headMs, requestMs } = this.#limits;
    const server = createServer({
      maxHeaderSize: maxHeadBytes,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      // Whoever waits too long is ended by us.
      keepAliveTimeout: 0,
      connectionsCheckingInterval: Math.min(checkMs, headMs),
      insecureHTTPParser: false,
    });
    // Node's own bound drops the rest unseen, those that are checked included.
    server.maxHeadersCount = 0;
    // Before the server knows it: it would be taken for one of those that wait for their next request.
    server.prependListener('connection', (socket) => this.#connections.add(socket));
    server.on('request', (req, res) => this.#take(req, res, true));
    server.on('checkContinue', (req, res) => this.#take(req, res, false));
    return server;
  }

  /** @param proceeds whether the caller sends its body without being told to */
  #take(req: IncomingMessage, res: ServerResponse, proceeds: boolean): void {
    const { socket } = req;
    const connection = this.#connections.of(socket);
    this.#requests += 1;
    this.#active += 1;
    if (connection.unanswered === this.#limits.maxPipelined) {
      socket.destroy();
    }
    connection.inTurn(res, () => this.#serve(req, res, connection, proceeds));
  }

  async #serve(req: IncomingMessage, res: ServerResponse, connection: Connection, proceeds: boolean): Promise<void> {
    try {
      if (!req.socket.destroyed) {
        const answering = this.#answer(req, res, connection, proceeds);
        if (answering !== undefined) {
          await answering;
        }
      }
    } catch (error) {
      this.#options.onError?.(error);
      if (res.headersSent) {
        res.destroy();
      } else {
        sendError(res, 500, 'Internal server error');
      }
    }
    connection.answered();
    this.#finish(req, res);
  }

  /** @returns undefined where it has been answered already */
  #answer(
    req: IncomingMessage,
    res: ServerResponse,
    connection: Connection,
    proceeds: boolean,
  ): Promise<void> | undefined {
    const { shouldKeepAlive } = res;
    if (!proceeds) {
      // Whether the body comes after an answer that did not ask for it cannot be known.
      res.shouldKeepAlive = false;
    }
    const target = this.#target(req, res, connection);
    const shown = target && this.#admitted(req, res, target);
    if (target === undefined || shown === undefined) {
      return undefined;
    }
    const { path } = target;
    if (path.startsWith('/r/')) {
      const route = this.#route(path, res);
      const authorizationIsMine = shown === 'in-authorization';
      if (route === undefined) {
        return undefined;
      }
      const asked = { req, res, connection, target, route, authorizationIsMine, proceeds, shouldKeepAlive };
      return serveCall(asked, this.#serveCall);
    }
    if (path === '/metrics' && (req.method === 'GET' || req.method === 'HEAD')) {
      return this.#metrics.text().then((text) => sendText(res, 200, this.#metrics.contentType, text));
    }
    answerDaemonApi(res, req.method ?? '', path, this.#daemonApi);
    return undefined;
  }

  /** @returns undefined when it is no request of ours and the caller has been told so */
  #target(req: IncomingMessage, res: ServerResponse, connection: Connection): RequestTarget | undefined {
    if (req.rawHeaders.length > 2 * this.#limits.maxHeaders) {
      res.shouldKeepAlive = false;
      sendError(res, 431, 'The request has too many headers.');
      return undefined;
    }
    const target = connection.targets.of(req.url ?? '', req.headers.host ?? '');
    if (target === undefined || !hasOneHost(req.rawHeaders)) {
      res.shouldKeepAlive = false;
      sendError(res, 400, 'A request names one host and a path.');
      return undefined;
    }
    return target;
  }

  /** @returns undefined when the caller is not to be served, or is by now */
  #admitted(req: IncomingMessage, res: ServerResponse, target: RequestTarget): Exclude<Shown, 'missing'> | undefined {
    const admission = admit(req, target, this.#options);
    if (admission.kind === 'refused') {
      sendError(res, admission.status, admission.message);
      return undefined;
    }
    if (admission.origin !== undefined && allowOrigin(req, res, admission.origin) === 'answered') {
      return undefined;
    }
    const shown = shownToken(req, this.#options.token());
    if (shown === 'missing') {
      const challenge = ['WWW-Authenticate', 'Bearer realm="Hot Functions"'];
      sendError(res, 401, `This endpoint wants its token as "Authorization: Bearer <token>".`, challenge);
      return undefined;
    }
    return shown;
  }

  /** @returns undefined when there is none and the caller has been told so */
  #route(path: string, res: ServerResponse): Route | undefined {
    const end = path.indexOf('/', 3);
    const app = decoded(end === -1 ? path.slice(3) : path.slice(3, end));
    const routePath = end === -1 ? '/' : decoded(path.slice(end));
    if (app === undefined || routePath === undefined) {
      sendError(res, 400, 'The path is not encoded as URLs are.');
      return undefined;
    }
    const route = this.#index.route(app, routePath);
    if (route === undefined) {
      const isKnown = this.#index.app(app) !== undefined;
      sendError(res, 404, isKnown ? 'Route not found on that application' : 'App not found');
    }
    return route;
  }

  #finish(req: IncomingMessage, res: ServerResponse): void {
    this.#active -= 1;
    if (this.#active === 0) {
      for (const settle of this.#idle.splice(0)) {
        settle();
      }
    }
    if (req.socket.destroyed) {
      return;
    }
    const { stallMs, lingerMs } = this.#limits;
    if (res.writableLength > 0) {
      this.#endAfter(stallMs, res, 'close');
    }
    if (!req.complete) {
      // Closing at once would make some systems drop the answer that the caller has not read yet.
      req.resume();
      this.#endAfter(lingerMs, req, 'close');
    }
  }

  /** Ends the connection unless the event comes first. */
  #endAfter(ms: number, message: IncomingMessage | ServerResponse, event: string): void {
    const timer = this.#options.clock.after(ms, () => message.destroy());
    message.once(event, () => timer.dispose());
  }
}
