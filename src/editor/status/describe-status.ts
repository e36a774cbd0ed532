import type { RunningCall } from '../../core/calls-under-way.ts';
import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import { describePause } from '../describe-pause.ts';
import type { EngineText } from '../engine-choice/describe-engine.ts';

export interface StatusText {
  readonly text: string;
  /** Paragraphs of Markdown. */
  readonly tooltip: readonly string[];
  readonly spoken: string;
}

/**
 * What the status bar says: what of a timeout was used when a debugger stopped the clocks, else how many containers
 * are alive, else which engine was taken.
 *
 * @param held the calls whose clocks stand still
 */
export function describeStatus(
  engine: EngineText,
  containers: readonly ContainerSnapshot[],
  held: readonly RunningCall[],
  escapeMarkdown: (text: string) => string,
): StatusText {
  const hot = containers.filter(({ format }) => format === 'http').length;
  const cold = containers.length - hot;
  const live = [hot > 0 ? `${hot} hot` : '', cold > 0 ? `${cold} cold` : ''].filter((part) => part !== '').join(', ');
  const debugged = new Set(containers.flatMap(({ name, debugged }) => (debugged === true ? [name] : [])));
  const stopped = held.find(({ container }) => container !== undefined && debugged.has(container)) ?? held[0];
  const pauses = held.map((call) => `${call.routeId}: ${describePause(call)}.`);
  const shown = live === '' ? engine.short : `${engine.short}: ${live}`;
  return {
    text:
      stopped === undefined
        ? `$(${engine.isFailure ? 'error' : 'flame'}) ${shown}`
        : `$(debug-pause) ${describePause(stopped)}`,
    tooltip: [
      '**Hot Functions**',
      ...pauses.map(escapeMarkdown),
      ...engine.long.map(escapeMarkdown),
      live === '' ? 'No containers.' : `Containers: ${live}.`,
    ],
    spoken: `Hot Functions, ${stopped === undefined ? '' : `${describePause(stopped)}, `}${engine.short}, ${live === '' ? 'no containers' : `containers: ${live}`}`,
  };
}
