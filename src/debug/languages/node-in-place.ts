import { setTimeout as delay } from 'node:timers/promises';
import { HotFunctionsError } from '../../core/errors.ts';
import { LoopbackListener } from '../session/loopback-listener.ts';
import type { LiveContainer, Relays } from './debug-language.ts';
import { inspectorTarget } from './inspector-endpoint.ts';
import { guardExpression } from './node-guard.ts';
import { baseName, interpreterRelay, nodeInterpreter } from './relays.ts';

/** Node opens its inspector there at a signal; another port can be chosen at its start only. */
export const inspectorPort = 9229;

/** A Node that runs JavaScript opens its inspector within milliseconds; one that blocks in a read, never. */
const openLimitMs = 3_000;
const answerLimitMs = 2_000;

const hint = 'Restart it for debugging instead.';

/** Opens the inspector of a container that runs already. Rejects where only a restart helps. */
export async function openInspector(live: LiveContainer, signal: AbortSignal): Promise<Relays> {
  const { access } = live.container;
  const argv = await access.command();
  // Whoever is not Node would be ended by the signal.
  if (!nodeInterpreter.names.test(baseName(argv[0] ?? ''))) {
    throw unreachable(`The container runs ${argv[0] ?? 'nothing'}, so its Node cannot be told to open its inspector.`);
  }
  const relays = interpreterRelay(argv, nodeInterpreter, inspectorPort);
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal, AbortSignal.timeout(openLimitMs)]);
  const failed = inspectorFailure(live);
  try {
    await access.signal('SIGUSR1');
    await Promise.race([failed.promise, prepareInspector(live, relays, limit)]);
  } finally {
    over.abort();
    failed.dispose();
  }
  return relays;
}

/** Until it can be talked to: an inspector that is being opened does not listen yet, or lets go of who comes too early. */
async function prepareInspector(live: LiveContainer, relays: Relays, limit: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const path = await inspectorTarget(await live.container.access.connect(inspectorPort, relays));
      await prepareTarget(live, relays, path);
      return;
    } catch (error) {
      if (error instanceof Unprepared) {
        throw error.reason;
      }
      const notYet = error instanceof HotFunctionsError && error.code === 'debugger-unreachable';
      if (limit.aborted || !notYet) {
        throw blocked(error);
      }
    }
    await delay(25);
  }
}

/** An inspector has said that it is not to be used, or has said nothing: to ask again would not help. */
class Unprepared extends Error {
  readonly reason: HotFunctionsError;

  constructor(reason: HotFunctionsError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** Node says on stderr why it cannot open its inspector, as where its port is taken. */
function inspectorFailure(live: LiveContainer): { readonly promise: Promise<never>; dispose(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const listener = live.onStderr((text) => {
    const [, why] = /Starting inspector on \S+ failed: (.*)/.exec(text) ?? [];
    if (why !== undefined) {
      reject(unreachable(`Node cannot open its inspector on port ${inspectorPort}: ${why}.`));
    }
  });
  return { promise, dispose: () => listener.dispose() };
}

/** Sees that it is the inspector of this container, and installs the guard before any debugger prints. */
async function prepareTarget(live: LiveContainer, relays: Relays, path: string): Promise<void> {
  const { engineKind, container } = live;
  const listener = await LoopbackListener.open(
    () => container.access.connect(inspectorPort, relays),
    () => {},
  );
  const socket = new WebSocket(`ws://${listener.host}:${listener.port}${path}`);
  try {
    const pid = await evaluate(socket, 1, 'process.pid');
    // Processes of this machine share its ports: another Node may be debugged on this one.
    if (engineKind === 'process' && String(pid) !== container.engineId) {
      throw new Unprepared(
        unreachable(`Port ${inspectorPort} belongs to the inspector of another process, ${String(pid)}.`),
      );
    }
    await evaluate(socket, 2, guardExpression);
  } finally {
    socket.close();
    await closed(socket);
    listener.dispose();
  }
}

function evaluate(socket: WebSocket, id: number, expression: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Unprepared(blocked())), answerLimitMs);
    const send = (): void =>
      socket.send(
        JSON.stringify({
          id,
          method: 'Runtime.evaluate',
          params: { expression, includeCommandLineAPI: true, returnByValue: true },
        }),
      );
    socket.addEventListener('message', (event) => {
      const message: unknown = JSON.parse(String(event.data));
      const { id: answered, result } = message as { id?: number; result?: { result?: { value?: unknown } } };
      if (answered === id) {
        clearTimeout(late);
        resolve(result?.result?.value);
      }
    });
    socket.addEventListener('error', () => {
      clearTimeout(late);
      reject(unreachable('The connection to the inspector broke.'));
    });
    if (socket.readyState === WebSocket.OPEN) {
      send();
    } else {
      socket.addEventListener('open', send, { once: true });
    }
  });
}

function closed(socket: WebSocket): Promise<unknown> {
  const isClosed = socket.readyState === WebSocket.CLOSED;
  return isClosed
    ? Promise.resolve()
    : Promise.race([
        new Promise((resolve) => socket.addEventListener('close', resolve, { once: true })),
        delay(answerLimitMs, undefined, { ref: false }),
      ]);
}

function blocked(cause?: unknown): HotFunctionsError {
  return unreachable('The function blocks in a read of stdin, so a debugger gets no word with it.', cause);
}

function unreachable(message: string, cause?: unknown): HotFunctionsError {
  return new HotFunctionsError('debugger-unreachable', message, { hint, cause });
}
