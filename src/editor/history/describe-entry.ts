import type { CallOrigin } from '../../core/call.ts';
import type { CallEntry, CallState } from '../../core/calls/call-record.ts';
import type { RouteId } from '../../core/route.ts';
import { formatMs } from '../format-ms.ts';
import type { RowText } from '../tree/describe-container.ts';

/** What comes after the route in a row, how the call went, is what people look for. */
const maxRouteChars = 16;

/** @param nowMs milliseconds since the epoch */
export function describeEntry(entry: CallEntry, nowMs: number): RowText {
  const { state, createdAt, timings, attempts } = entry;
  const parts = [
    outcomeOf(entry),
    ...(timings === undefined ? [] : [formatMs(timings.totalMs)]),
    ...temperatureOf(entry),
    ...(attempts > 1 ? [`attempt ${attempts}`] : []),
    ...(entry.notBefore === undefined ? [] : [`again at ${clockOf(entry.notBefore)}`]),
    timeOf(createdAt, nowMs),
    ...(entry.origin === 'editor' ? [] : [originText[entry.origin]]),
  ];
  const { icon, color } = iconOf(state, entry.status);
  return {
    label: shortRoute(entry.routeId),
    description: parts.join(' · '),
    icon,
    ...(color === undefined ? {} : { color }),
    spoken: `Call to ${entry.routeId}, ${state === 'done' ? 'done, ' : ''}${parts.join(', ')}`,
  };
}

/** What menus of package.json know it by. Only a call of the queue can be cancelled from anywhere. */
export function entryContext({ origin, state }: CallEntry): string {
  const isOver = state === 'done' || state === 'failed' || state === 'cancelled';
  return `call.${origin === 'async' ? 'async' : 'sync'}.${isOver ? 'over' : state}`;
}

/** Plain text: what does not fit into a row. */
export function entryTooltip(entry: CallEntry): string {
  const { callId, routeId, method, error, servedBy, createdAt } = entry;
  return [
    [method, routeId].filter((part) => part !== undefined).join(' '),
    `${originSentence(entry)}, ${dateOf(createdAt)} ${clockOf(createdAt)}`,
    ...(servedBy === undefined ? [] : [`Container ${servedBy.name}, its call ${servedBy.callNumber}`]),
    ...(error === undefined ? [] : [`${error.message} (${error.code})`, error.hint ?? '']),
    `Call ${callId}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function originSentence({ origin }: Pick<CallEntry, 'origin'>): string {
  switch (origin) {
    case 'editor':
      return 'Made in the editor';
    case 'api':
      return 'Made by another extension';
    case 'endpoint':
      return 'Came through the local endpoint';
    case 'async':
      return 'Asynchronous';
    case 'debug':
      return 'Made by a debug session';
    default:
      return origin satisfies never;
  }
}

const originText: Readonly<Record<CallOrigin, string>> = {
  editor: 'editor',
  api: 'extension',
  endpoint: 'endpoint',
  async: 'async',
  debug: 'debug',
};

function outcomeOf({ state, status, error }: CallEntry): string {
  switch (state) {
    case 'done':
      return status === undefined ? 'done' : String(status);
    case 'failed':
      return error?.code ?? 'failed';
    case 'queued':
    case 'running':
    case 'cancelled':
      return state;
    default:
      return state satisfies never;
  }
}

function temperatureOf({ servedBy }: CallEntry): readonly string[] {
  if (servedBy === undefined) {
    return [];
  }
  const { temperature } = servedBy;
  switch (temperature) {
    case 'cold':
      return ['cold'];
    case 'kept-warm':
      return ['kept warm'];
    case 'started-hot':
      return ['new hot'];
    case 'reused-hot':
      return ['hot'];
    default:
      return temperature satisfies never;
  }
}

function iconOf(state: CallState, status = 200): { readonly icon: string; readonly color?: string } {
  switch (state) {
    case 'queued':
      return { icon: 'clock' };
    case 'running':
      return { icon: 'loading~spin' };
    case 'done':
      // A function's own 404 is an answer, but not one to be overlooked.
      return status < 400 ? { icon: 'check', color: 'charts.green' } : { icon: 'check', color: 'charts.yellow' };
    case 'failed':
      return { icon: 'error', color: 'list.errorForeground' };
    case 'cancelled':
      return { icon: 'circle-slash' };
    default:
      return state satisfies never;
  }
}

/** The path, and of a long one its end: that is where routes differ. */
function shortRoute(routeId: RouteId): string {
  const path = routeId.slice(Math.max(0, routeId.indexOf('/')));
  return path.length > maxRouteChars ? `…${path.slice(-maxRouteChars + 1)}` : path;
}

/** Of today the time, else the day with it. */
function timeOf(ms: number, nowMs: number): string {
  const isToday = dateOf(ms) === dateOf(nowMs);
  const minute = clockOf(ms).slice(0, 5);
  return isToday ? minute : `${dateOf(ms)} ${minute}`;
}

export function dateOf(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function clockOf(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
