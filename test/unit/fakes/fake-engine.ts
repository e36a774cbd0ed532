import { type Duplex, PassThrough } from 'node:stream';
import type {
  Container,
  ContainerExit,
  ContainerSpec,
  Engine,
  FunctionCommand,
  PreparedFunction,
  PrepareProgress,
  PrepareRequest,
} from '../../../src/core/engine.ts';

/** A container whose function is the test. */
export class FakeContainer implements Container {
  readonly spec: ContainerSpec;
  readonly engineId: string;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly exit: Promise<ContainerExit>;
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  /** What was written to its stdin after it had been told to end. */
  writtenAfterEnd = '';
  readonly #exit = Promise.withResolvers<ContainerExit>();
  #received = '';

  constructor(spec: ContainerSpec, reading = true) {
    this.spec = spec;
    this.engineId = `id-${spec.name}`;
    this.exit = this.#exit.promise;
    if (!reading) {
      return;
    }
    this.stdin.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      this.#received += text;
      this.writtenAfterEnd += this.asked.length > 0 ? text : '';
    });
    this.stdin.on('end', () => this.asked.push('end of file'));
  }

  /** Everything written to its stdin so far. */
  get received(): string {
    return this.#received;
  }

  /** The Task-Ids it was sent, in order: which calls it served. */
  get taskIds(): readonly string[] {
    return [...this.#received.matchAll(/\r\nTask-Id: (.*)\r\n/g)].map((match) => match[1] ?? '');
  }

  answer(body: string, more = ''): void {
    this.stdout.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}${more}`);
  }

  exits(exit: ContainerExit): void {
    this.stdout.end();
    this.stderr.end();
    this.#exit.resolve(exit);
  }

  terminate(): Promise<void> {
    this.asked.push('terminate');
    return Promise.resolve();
  }

  command(): Promise<readonly string[]> {
    return Promise.resolve(['function']);
  }

  has(): Promise<boolean> {
    return Promise.resolve(true);
  }

  connect(): Promise<Duplex> {
    return Promise.resolve(new PassThrough());
  }

  signal(name: string): Promise<void> {
    this.asked.push(name);
    return Promise.resolve();
  }

  kill(): Promise<void> {
    this.asked.push('kill');
    this.exits({ reason: 'killed' });
    return Promise.resolve();
  }
}

type Starting = PromiseWithResolvers<FakeContainer> & { readonly spec: ContainerSpec };

/** An engine whose starts and preparations end when the test says so; `auto` ends them at once. */
export class FakeEngine implements Engine {
  readonly kind = 'docker';
  readonly description = 'fake';
  readonly totalMemoryMiB = 1024;
  readonly containers: FakeContainer[] = [];
  readonly starting: Starting[] = [];
  readonly prepares: (PromiseWithResolvers<PreparedFunction> & {
    readonly request: PrepareRequest;
    readonly report: (progress: PrepareProgress) => void;
    readonly signal: AbortSignal;
  })[] = [];
  auto = { prepare: true, start: true };
  /** Whether functions that are started from here on read their stdin. */
  reading = true;
  identity = 'v1';

  prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<PreparedFunction> {
    const prepare = { ...Promise.withResolvers<PreparedFunction>(), request, report, signal };
    this.prepares.push(prepare);
    signal.addEventListener('abort', () => prepare.reject(signal.reason));
    if (this.auto.prepare) {
      prepare.resolve({ identity: this.identity });
    }
    return prepare.promise;
  }

  inspect(): Promise<FunctionCommand> {
    return Promise.resolve({ argv: ['function'], env: {}, workingFolder: '/function' });
  }

  start(_prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<FakeContainer> {
    const start = { ...Promise.withResolvers<FakeContainer>(), spec };
    this.starting.push(start);
    signal.addEventListener('abort', () => {
      const at = this.starting.indexOf(start);
      this.starting.splice(at, at === -1 ? 0 : 1);
      start.reject(signal.reason);
    });
    if (this.auto.start) {
      this.started();
    }
    return start.promise;
  }

  /** Ends the oldest start that is under way. */
  started(): FakeContainer {
    const start = this.starting.shift();
    if (start === undefined) {
      throw new Error('Nothing is starting.');
    }
    const container = new FakeContainer(start.spec, this.reading);
    this.containers.push(container);
    start.resolve(container);
    return container;
  }

  /** The container that was started as number `index`. */
  at(index: number): FakeContainer {
    const container = this.containers[index];
    if (container === undefined) {
      throw new Error(`No container ${index} was started.`);
    }
    return container;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
