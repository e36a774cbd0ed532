import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { systemClock } from '../src/core/clock.ts';
import type { Engine } from '../src/core/engine.ts';
import type { Route } from '../src/core/route.ts';
import { Runner } from '../src/core/runner.ts';
import { fileSpool } from '../src/store/file-spool.ts';

/** A runner as the extension has it: its routes are the saved ones, and the wire is listened to. */
export function openRunner(engine: Engine, routes: readonly Route[], containerPrefix: string): Runner {
  const runner = new Runner({
    clock: systemClock,
    engine: () => engine,
    admit: () => {},
    spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
    newCallId: randomUUID,
    containerPrefix,
  });
  runner.setRoutes(routes);
  runner.onWire(() => {});
  return runner;
}
