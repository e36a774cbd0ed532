import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { GateContainer } from '../../src/core/call-gate.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { DebugRun } from '../../src/core/debug-run.ts';
import type { FunctionCommand } from '../../src/core/engine.ts';
import { HotFunctionsError } from '../../src/core/errors.ts';
import type { Route } from '../../src/core/route.ts';
import { Runner } from '../../src/core/runner.ts';
import type { Attachment, DebugLanguage, DebugPlan, PathRoots } from '../../src/debug/languages/debug-language.ts';
import { guessRoots } from '../../src/debug/paths/guess-roots.ts';
import { LoopbackListener } from '../../src/debug/session/loopback-listener.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { CdpClient } from './cdp-client.ts';
import { DapClient } from './dap-client.ts';
import { type EngineForDebugging, markVariable } from './engine-for-debugging.ts';
import { type Breakpoint, type Stop, Stops, type TestDebugger } from './test-debugger.ts';

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Of a call that failed. */
  readonly error?: HotFunctionsError;
}

/** A route that is called under its language's debugger, as a session does it. */
export class DebuggedRoute {
  readonly runner: Runner;
  readonly route: Route;
  readonly #real: EngineForDebugging;
  readonly #language: DebugLanguage;
  readonly #mark = randomUUID();
  readonly #stops = new Stops();
  readonly #breakpoints: Breakpoint[] = [];
  readonly #stderr = new Map<string, string>();
  #run: DebugRun | undefined;
  #found: FunctionCommand | undefined;
  #plan: DebugPlan | undefined;
  #attached: { readonly container: string; readonly client: TestDebugger; readonly end: () => void } | undefined;
  roots: PathRoots | undefined;

  constructor(real: EngineForDebugging, route: Route, language: DebugLanguage) {
    this.#real = real;
    this.#language = language;
    this.route = { ...route, config: { ...route.config, [markVariable]: this.#mark } };
    this.runner = new Runner({
      clock: systemClock,
      engine: () => real.engine,
      admit: () => {},
      spool: fileSpool({ folder: tmpdir(), maxBytes: 1024 * 1024 }),
      newCallId: randomUUID,
      containerPrefix: `${real.name}-${randomUUID().slice(0, 4)}`,
    });
    this.runner.setRoutes([this.route]);
    this.runner.onStderr(({ container, text }) =>
      this.#stderr.set(container, (this.#stderr.get(container) ?? '') + text),
    );
  }

  /** Sets a breakpoint on the first line of a file of the function that contains `text`. */
  breakpoint(name: string, text: string, log?: string): { readonly file: string; readonly line: number } {
    const file = join(this.route.source?.folder ?? '', name);
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((each) => each.includes(text)) + 1;
    this.#breakpoints.push({ file, line, ...(log === undefined ? {} : { log }) });
    return { file, line };
  }

  /** What was written to stderr so far. */
  get stderr(): string {
    return [...this.#stderr.values()].join('');
  }

  /** What the debugger has shown. */
  get output(): readonly string[] {
    return this.#attached?.client.output ?? [];
  }

  /** The next stop of a call. Rejects if the call ends without one. */
  nextStop(answering: Promise<Answered>): Promise<Stop> {
    const answered = answering.then(({ text, error }) => {
      throw new Error(`The call ended without a stop: ${error?.stderr ?? text}`, { cause: error });
    });
    return Promise.race([this.#stops.next(), answered]);
  }

  async call(body: string): Promise<Answered> {
    this.#run ??= this.runner.openDebug(this.route, async (found, engine) => {
      this.#found = found;
      this.#plan = await this.#language.plan(found, {
        engineKind: engine.kind,
        format: this.route.format,
        env: {},
        storageFolder: this.#real.storageFolder,
        freePort,
      });
      return this.#plan.alteration;
    });
    return this.#answerOf(this.#run, body, () => this.#plan?.attachment);
  }

  /** Calls without any debugger, in containers of the route's own pool. */
  async callPlainly(body: string): Promise<Answered> {
    return collected(await this.runner.invoke(this.route, { body }));
  }

  /** Debugs the container that runs already, in place. */
  async callInPlace(containerName: string, body: string): Promise<Answered> {
    const run = this.runner.attachDebug(containerName);
    this.#run = run;
    const { container } = run;
    const attachment = await this.#language.attachInPlace?.(
      {
        engineKind: this.#real.engine.kind,
        container,
        onStderr: (listener) =>
          this.runner.onStderr((event) => (event.container === container.name ? listener(event.text) : undefined)),
      },
      AbortSignal.timeout(20_000),
    );
    return this.#answerOf(run, body, () => attachment);
  }

  /** Ends the debugger, and what was started for it. */
  async detach(): Promise<void> {
    await this.#attached?.client.end();
    this.#attached?.end();
    this.#attached = undefined;
    await this.#run?.close();
    this.#run = undefined;
  }

  async close(): Promise<void> {
    await this.detach();
    await this.runner.close();
    await this.#real.nothingLeft(this.#mark);
  }

  async #answerOf(run: DebugRun, body: string, attachment: () => Attachment | undefined): Promise<Answered> {
    const result = await run.invoke({ body }, { ready: (container) => this.#attach(container, attachment()) });
    const answered = await collected(result);
    if (answered.error === undefined) {
      return answered;
    }
    return { ...answered, error: this.#language.explain?.(this.stderr, answered.error) ?? answered.error };
  }

  async #attach(container: GateContainer, attachment: Attachment | undefined): Promise<void> {
    if (attachment === undefined || this.#attached?.container === container.name) {
      return;
    }
    const { engineKind, found } = { engineKind: this.#real.engine.kind, found: this.#found };
    const roots = await guessRoots(this.route, { engineKind, found, container });
    this.roots = roots;
    const open = (): Promise<Duplex> => container.access.connect(attachment.port, attachment.relays);
    if (attachment.kind === 'dap') {
      const client = await repeated(container, async () => DapClient.greet(await open(), roots, this.#stops.add));
      this.#attached = { container: container.name, client, end: () => {} };
      await client.configure(attachment, this.#breakpoints);
      return;
    }
    await repeated(container, async () => attachment.ready?.(open));
    const listener = await LoopbackListener.open(open, () => {});
    const targets = await fetch(`http://127.0.0.1:${listener.port}/json/list`);
    const [{ webSocketDebuggerUrl: url }] = (await targets.json()) as [{ webSocketDebuggerUrl: string }];
    const { pathname } = new URL(url);
    const client = await CdpClient.open(`ws://127.0.0.1:${listener.port}${pathname}`, roots, this.#stops.add);
    this.#attached = { container: container.name, client, end: () => listener.dispose() };
    await client.configure(this.#breakpoints);
  }
}

async function collected(result: Awaited<ReturnType<Runner['invoke']>>): Promise<Answered> {
  const { bytes } = await result.body.collect(64 * 1024);
  const text = Buffer.from(bytes).toString();
  return { status: result.status, text, ...(result.error === undefined ? {} : { error: result.error }) };
}

/** Until the debugger listens, or nobody can any more. */
async function repeated<T>(container: GateContainer, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + 20_000;
  let isGone = false;
  void container.gone.then(() => {
    isGone = true;
  });
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (isGone || Date.now() > end || (error instanceof HotFunctionsError && error.code !== 'debugger-unreachable')) {
        throw error;
      }
      await delay(25);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
