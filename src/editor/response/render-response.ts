import { STATUS_CODES } from 'node:http';
import type { CallSummary, HeaderList, ServedBy } from '../../core/call.ts';
import type { HotFunctionsError } from '../../core/errors.ts';
import { formatMs } from '../format-ms.ts';
import { bytesAsText } from '../wire-log/byte-text.ts';
import { textOf } from './body-text.ts';
import { describeServedBy } from './describe-served-by.ts';
import { hexDump } from './hex-dump.ts';

/** More hexadecimal than anyone reads; a document of it all would be several times the body's size. */
const MAX_HEX_BYTES = 256 * 1024;

export interface ShownResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: { readonly bytes: Uint8Array; readonly truncated: boolean };
  readonly servedBy?: ServedBy | undefined;
  readonly error?: HotFunctionsError | undefined;
  /** What the function wrote after its exchange had failed. */
  readonly salvage?: Uint8Array | undefined;
  readonly summary: CallSummary;
}

/** The text of a response document: what happened in the first line, then headers, an empty line and the body. */
export function renderResponse(response: ShownResponse): string {
  return [
    firstLine(response),
    ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ...failureLines(response),
    '',
    bodyOf(response),
  ].join('\n');
}

function firstLine({ status, summary, servedBy }: ShownResponse): string {
  const parts = [`${status} ${STATUS_CODES[status] ?? ''}`.trim(), formatMs(summary.timings.totalMs)];
  if (servedBy !== undefined) {
    parts.push(describeServedBy(servedBy));
  }
  return [...parts, ...phasesOf(summary)].join(' · ');
}

function phasesOf({ timings }: CallSummary): readonly string[] {
  return [
    phase('queued', timings.queuedMs),
    phase('prepared', timings.preparedMs),
    phase('started', timings.startedMs),
    phase('first byte', timings.firstByteMs),
  ].filter((text) => text !== undefined);
}

function phase(name: string, ms: number | undefined): string | undefined {
  return ms === undefined || ms < 1 ? undefined : `${name} ${formatMs(ms)}`;
}

function failureLines({ error, salvage, summary }: ShownResponse): string[] {
  const failure = error ?? errorOf(summary);
  if (failure === undefined) {
    return [];
  }
  const lines = ['', `Problem: ${failure.message} (${failure.code})`];
  if (failure.hint !== undefined) {
    lines.push(`What to do: ${failure.hint}`);
  }
  if (failure.bytes !== undefined && failure.bytes.length > 0) {
    const where = failure.offset === undefined ? '' : `, at byte ${failure.offset} of its output`;
    lines.push('', `What the function wrote${where}:`, bytesAsText(failure.bytes).trimEnd());
  }
  if (salvage !== undefined && salvage.length > 0) {
    lines.push('', 'What it still wrote before it was ended:', bytesAsText(salvage).trimEnd());
  }
  if (failure.stderr !== undefined && failure.stderr !== '') {
    lines.push('', 'The end of its stderr:', failure.stderr.trimEnd());
  }
  return lines;
}

/** What went wrong only after the head of the answer was known, or what an answer had about it. */
function errorOf({ outcome }: CallSummary): HotFunctionsError | undefined {
  switch (outcome.kind) {
    case 'answered':
      return outcome.warning;
    case 'failed':
      return outcome.error;
    case 'aborted':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

function bodyOf({ body, summary }: ShownResponse): string {
  const text = textOf(body.bytes, body.truncated);
  const shown = text ?? hexDump(body.bytes, MAX_HEX_BYTES);
  if (!body.truncated) {
    return shown;
  }
  const of = summary.responseBytes > body.bytes.length ? ` of ${summary.responseBytes}` : '';
  return `${shown}\n… cut after ${body.bytes.length}${of} bytes (setting hotFunctions.response.maxBytes)`;
}
