import type { ContainerSnapshot, ContainerState } from '../../core/pool/container-snapshot.ts';

/** What a row of the tree shows, without the editor's types. */
export interface RowText {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Id of a theme colour for the icon. */
  readonly color?: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
}

/** @param nowMs on the runner's clock, which `untilMs` is on too. */
export function describeContainer(container: ContainerSnapshot, nowMs: number): RowText {
  const state = describeState(container.state, nowMs);
  const calls = describeCalls(container.served);
  const label = shortName(container);
  return {
    label,
    description: `${state}, ${calls}`,
    ...iconOf(container.state),
    spoken: `Container ${label}, ${state}, ${calls}`,
  };
}

/** What comes after the name in a row, its state, is what people look for. */
const maxSegmentChars = 16;

/** The route's last segment and the container's number, such as `hello-3`: rows are narrow. */
export function shortName({ name, routeId }: ContainerSnapshot): string {
  const number = /\d+$/.exec(name)?.[0];
  const segment = routeId.split('/').findLast((part) => part !== '');
  if (number === undefined || segment === undefined) {
    return name;
  }
  return segment.length > maxSegmentChars ? `${segment.slice(0, maxSegmentChars)}…-${number}` : `${segment}-${number}`;
}

export function describeCalls(served: number): string {
  return served === 1 ? '1 call' : `${served} calls`;
}

function describeState(state: ContainerState, nowMs: number): string {
  switch (state.kind) {
    case 'starting':
    case 'busy':
      return state.kind;
    case 'idle':
      return `idle, ${formatCountdown(state.untilMs - nowMs)} left`;
    case 'draining':
      return `draining (${state.why})`;
    case 'gone':
      return `gone (${state.why})`;
    default:
      return state satisfies never;
  }
}

function iconOf(state: ContainerState): { readonly icon: string; readonly color?: string } {
  switch (state.kind) {
    case 'starting':
      return { icon: 'loading~spin' };
    case 'busy':
      return { icon: 'debug-start', color: 'charts.green' };
    case 'idle':
      return { icon: 'debug-pause', color: 'charts.blue' };
    case 'draining':
      return { icon: 'debug-disconnect' };
    case 'gone':
      return { icon: 'circle-slash' };
    default:
      return state satisfies never;
  }
}

/** Whole seconds, rounded up so that it never says 0 of something that is still there. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
