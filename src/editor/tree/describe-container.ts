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
  const { kind } = container.state;
  const label = shortName(container);
  const calls = describeCalls(container.served);
  const left = kind === 'idle' ? formatCountdown(container.state.untilMs - nowMs) : '';
  const waits = kind === 'starting' && container.state.waitingFor === 'memory';
  const state = waits ? 'waiting for memory' : kind;
  return {
    label,
    description: `${kind === 'idle' ? `idle ${left}` : state} · ${calls}`,
    ...iconOf(container.state),
    spoken: `Container ${label}, ${kind === 'idle' ? `idle, ${left} left` : state}, ${calls}`,
  };
}

/** Its whole name, what the engine calls it, and why it is going. */
export function containerTooltip({ name, engineId, state }: ContainerSnapshot): string {
  const why = state.kind === 'draining' || state.kind === 'gone' ? `${state.kind}: ${state.why}` : '';
  return [name, engineId, why].filter((line) => line !== '').join('\n');
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

function describeCalls(served: number): string {
  return served === 1 ? '1 call' : `${served} calls`;
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
