import type { CallSummary } from './call.ts';
import { Emitter } from './event.ts';
import type { StderrEvent } from './pool/container-events.ts';
import type { ContainerSnapshot } from './pool/container-snapshot.ts';
import type { CallStart } from './runner-options.ts';
import type { WireEvent } from './wire/recording.ts';

/** What a runner tells by. Apart from it, so that somebody can listen before its code is loaded. */
export class RunnerEmitters {
  readonly didStartCall = new Emitter<CallStart>();
  readonly didFinishCall = new Emitter<CallSummary>();
  readonly didChangeContainers = new Emitter<ContainerSnapshot>();
  readonly wire = new Emitter<WireEvent>();
  readonly stderr = new Emitter<StderrEvent>();
  readonly didHoldClocks = new Emitter<boolean>();
}
