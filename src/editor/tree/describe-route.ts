import type { ContainerSnapshot, ContainerState } from '../../core/pool/container-snapshot.ts';
import type { Route } from '../../core/route.ts';
import { formatCountdown, type RowText } from './describe-container.ts';

/** Containers by what they do: `1 busy, 2 idle`. Empty without any. */
function countStates(containers: readonly ContainerSnapshot[]): string {
  const order: readonly (ContainerState['kind'] | 'waiting' | 'debugging')[] = [
    'busy',
    'idle',
    'waiting',
    'debugging',
    'starting',
    'draining',
  ];
  // What a debugger keeps is idle for nobody else; a cold one has its only call before it.
  const kinds = containers.map(({ state: { kind }, debugged, format }) =>
    kind !== 'idle' ? kind : debugged ? 'debugging' : format === 'default' ? 'waiting' : kind,
  );
  return order
    .map((kind) => [kinds.filter((each) => each === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(', ');
}

/**
 * @param backOffMs how long the route is not started yet because of a crash loop
 * @param keptWarm whether it is started ahead of its calls
 */
export function describeRoute(
  route: Route,
  containers: readonly ContainerSnapshot[],
  backOffMs: number | undefined,
  keptWarm = false,
): RowText {
  const temperature = route.format === 'http' ? 'hot' : 'cold';
  if (backOffMs !== undefined) {
    const again = formatCountdown(backOffMs);
    return {
      label: route.path,
      description: `crash loop · ${again}`,
      icon: 'error',
      color: 'list.errorForeground',
      spoken: `Route ${route.path}, ${temperature}, crash loop, again in ${again}`,
    };
  }
  const states = countStates(containers);
  const description = [temperature, route.type === 'async' ? 'async' : '', keptWarm ? 'kept warm' : '', states].filter(
    (part) => part !== '',
  );
  const icon = route.format === 'http' ? 'flame' : 'server-process';
  return {
    label: route.path,
    description: description.join(' · '),
    icon,
    ...(containers.length > 0 ? { color: 'charts.orange' } : {}),
    spoken: [`Route ${route.path}`, ...description].join(', '),
  };
}

/** Markdown for the tooltip; secrets (`config` values, `jwt_key`) stay out of it. */
export function routeTooltip(
  route: Route,
  file: string,
  containers: readonly ContainerSnapshot[],
  escapeMarkdown: (text: string) => string,
): string {
  const { memoryMiB, timeoutMs, idleTimeoutMs, maxConcurrency, format } = route;
  const limits = [`${memoryMiB} MiB`, `timeout ${seconds(timeoutMs)}`];
  if (format === 'http') {
    limits.push(`idle timeout ${seconds(idleTimeoutMs)}`, `at most ${plural(maxConcurrency, 'container')}`);
  }
  const states = countStates(containers);
  const rows = [
    `**${escapeMarkdown(route.id)}**`,
    `${format === 'http' ? 'Hot (`format: http`)' : 'Cold (`format: default`)'}, ${route.type}`,
    `Image ${escapeMarkdown(route.image)}`,
    limits.join(', '),
    states === '' ? 'No containers' : `Containers: ${states}`,
    escapeMarkdown(file),
  ];
  return rows.join('\n\n');
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
