import type { RouteId } from '../route.ts';
import type { WireEvent } from '../wire/recording.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';

/** What a function wrote to stderr. */
export interface StderrEvent {
  readonly container: string;
  readonly routeId: RouteId;
  /** The call that is being served, or was last; absent before the first. */
  readonly callId: string | undefined;
  readonly text: string;
}

/** Where containers tell what happens to them. */
export interface ContainerEvents {
  readonly onWire: (event: WireEvent) => void;
  readonly onStderr: (event: StderrEvent) => void;
  readonly onChange: (snapshot: ContainerSnapshot) => void;
}
