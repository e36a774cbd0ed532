import { HotFunctionsError } from '../../core/errors.ts';
import { jsonField } from './json-field.ts';

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'EACCES',
  'EPERM',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ABORT_ERR',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The HTTP status of an answer that the engine gave, or undefined where it gave none. */
export function answeredStatus(error: unknown): number | undefined {
  const status = jsonField(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** True where the engine gave no answer at all: it is gone, refuses connections, or is silent for too long. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || answeredStatus(error) !== undefined) {
    return false;
  }
  const code = jsonField(error, 'code');
  return (
    typeof code === 'string' && (unreachableCodes.has(code) || code.startsWith('ERR_TLS') || code.startsWith('CERT_'))
  );
}

/** What the engine said, without what its client library put around it. */
export function engineWords(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (jsonField(error, 'code') === 'ABORT_ERR') {
    // We gave up: our limits are the only ones that abort what still has an interested caller.
    return 'no answer in time';
  }
  const message = jsonField(error, 'json', 'message');
  return (typeof message === 'string' ? message : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')).trim();
}

/** A failed request as a failure of the engine where it is one; anything else comes back as it is. */
export function asEngineLost(error: unknown, url: string): unknown {
  if (!isUnreachable(error)) {
    return error;
  }
  return new HotFunctionsError('engine-lost', `The Docker Engine at ${url} does not answer: ${engineWords(error)}.`, {
    hint: 'Check that Docker runs; the next call tries it again.',
    cause: error,
  });
}
