import type { RunningCall } from '../../core/calls-under-way.ts';
import type { ContainerSnapshot, ContainerState } from '../../core/pool/container-snapshot.ts';
import { describePause } from '../describe-pause.ts';

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

/**
 * @param nowMs on the runner's clock, which `untilMs` is on too.
 * @param held the call that it serves, while that call's clock stands still
 */
export function describeContainer(container: ContainerSnapshot, nowMs: number, held?: RunningCall): RowText {
  const { state, debugged, served } = container;
  const label = shortName(container);
  const { icon, color } = iconOf(state);
  const look = { icon: debugged === true ? 'debug' : icon, ...(color === undefined ? {} : { color }) };
  if (held !== undefined) {
    // Alone and without its first word: rows are narrow, and the figures are what a person who is stopped wants.
    const pause = describePause(held);
    const description = pause.replace('timeout ', '');
    return { label, description, ...look, color: 'charts.yellow', spoken: `Container ${label}, ${pause}` };
  }
  if (state.kind === 'idle' && container.format === 'default') {
    const left = formatCountdown(state.untilMs - nowMs);
    const spoken = `Container ${label}, waiting for its call, ${left} left`;
    return { label, description: `waiting for its call ${left}`, ...look, spoken };
  }
  const { shown, spoken } = describeState(state, nowMs);
  const calls = describeCalls(served);
  return { label, description: `${shown} · ${calls}`, ...look, spoken: `Container ${label}, ${spoken}, ${calls}` };
}

function describeState(state: ContainerState, nowMs: number): { readonly shown: string; readonly spoken: string } {
  if (state.kind === 'idle') {
    if (isKept(state)) {
      return { shown: 'debugging', spoken: keptForDebugger };
    }
    const left = formatCountdown(state.untilMs - nowMs);
    return { shown: `idle ${left}`, spoken: `idle, ${left} left` };
  }
  const shown = state.kind === 'starting' && state.waitingFor === 'memory' ? 'waiting for memory' : state.kind;
  return { shown, spoken: shown };
}

/** What menus of package.json know it by. */
export function containerContext({ state, debugged, format }: ContainerSnapshot): string {
  if (debugged === true) {
    return `container.debugged.${state.kind}`;
  }
  return format === 'http' && (state.kind === 'idle' || state.kind === 'busy')
    ? `container.hot.${state.kind}`
    : `container.${state.kind}`;
}

/** Its whole name, what the engine calls it, why it is going or stays, and where its call's timeout stands still. */
export function containerTooltip({ name, engineId, state }: ContainerSnapshot, held?: RunningCall): string {
  const why = state.kind === 'draining' || state.kind === 'gone' ? `${state.kind}: ${state.why}` : '';
  const kept = isKept(state) ? keptForDebugger : '';
  const pause = held === undefined ? '' : describePause(held);
  return [name, engineId, why, kept, pause].filter((line) => line !== '').join('\n');
}

const keptForDebugger = 'kept for the debugger';

function isKept(state: ContainerState): boolean {
  return state.kind === 'idle' && state.untilMs === Number.POSITIVE_INFINITY;
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
