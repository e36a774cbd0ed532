import { jsonField } from './json-field.ts';

/** One line of what the engine says during a build or a pull. */
export type EngineMessage =
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'status'; readonly text: string }
  | {
      readonly kind: 'layer';
      readonly layerId: string;
      readonly status: string;
      readonly current: number;
      /** 0 where the engine does not say. */
      readonly total: number;
    }
  | { readonly kind: 'none' };

/** Source: the `JSONMessage` of https://github.com/moby/moby/tree/master/pkg/jsonmessage. */
export function readEngineMessage(line: unknown): EngineMessage {
  const error = text(jsonField(line, 'errorDetail', 'message')) ?? text(jsonField(line, 'error'));
  if (error !== undefined) {
    return { kind: 'error', text: error };
  }
  const output = text(jsonField(line, 'stream'));
  if (output !== undefined) {
    return { kind: 'output', text: output };
  }
  const status = text(jsonField(line, 'status'));
  if (status === undefined) {
    return { kind: 'none' };
  }
  const layerId = text(jsonField(line, 'id'));
  if (layerId === undefined) {
    return { kind: 'status', text: status };
  }
  const detail = jsonField(line, 'progressDetail');
  return {
    kind: 'layer',
    layerId,
    status,
    current: count(jsonField(detail, 'current')),
    total: count(jsonField(detail, 'total')),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}
