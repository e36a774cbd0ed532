import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { RouteId } from '../../core/route.ts';
import type { Runner } from '../../core/runner.ts';
import type { CallStart } from '../../core/runner-options.ts';
import { shortName } from '../tree/describe-container.ts';
import type { Report } from './call-progress.ts';

interface CallEvents {
  readonly onDidStartCall: Event<Pick<CallStart, 'callId' | 'routeId'>>;
  readonly onDidChangeContainers: Runner['onDidChangeContainers'];
}

/** Reports what the next call of a route is waiting for: a container that starts, or the one that serves it. */
export function followCall(runner: CallEvents, routeId: RouteId, report: Report): Disposable {
  const owned = new DisposableStore();
  let callId: string | undefined;
  owned.add(
    runner.onDidStartCall((call) => {
      if (call.routeId === routeId) {
        callId ??= call.callId;
      }
    }),
  );
  owned.add(
    runner.onDidChangeContainers((container) => {
      if (container.routeId !== routeId || callId === undefined) {
        return;
      }
      if (container.state.kind === 'starting') {
        report('starting a container…');
      } else if (container.state.kind === 'busy' && container.state.callId === callId) {
        report(`running in ${shortName(container)}…`);
      }
    }),
  );
  return owned;
}
