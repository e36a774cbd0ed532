import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import type { EngineText } from '../engine-choice/describe-engine.ts';

export interface StatusText {
  readonly text: string;
  /** Paragraphs of Markdown. */
  readonly tooltip: readonly string[];
  readonly spoken: string;
}

/** What the status bar says: how many containers are alive, else which engine was taken. */
export function describeStatus(
  engine: EngineText,
  containers: readonly ContainerSnapshot[],
  escapeMarkdown: (text: string) => string,
): StatusText {
  const hot = containers.filter(({ format }) => format === 'http').length;
  const cold = containers.length - hot;
  const live = [hot > 0 ? `${hot} hot` : '', cold > 0 ? `${cold} cold` : ''].filter((part) => part !== '').join(', ');
  const shown = live === '' ? engine.short : `${engine.short}: ${live}`;
  return {
    text: `$(${engine.isFailure ? 'error' : 'flame'}) ${shown}`,
    tooltip: [
      '**Hot Functions**',
      ...engine.long.map(escapeMarkdown),
      live === '' ? 'No containers.' : `Containers: ${live}.`,
    ],
    spoken: `Hot Functions, ${engine.short}, ${live === '' ? 'no containers' : `containers: ${live}`}`,
  };
}
