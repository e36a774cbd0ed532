import type { CallSummary } from '../../core/call.ts';
import type { ErrorCode, HotFunctionsError } from '../../core/errors.ts';

export type ExchangeFilter = 'stray-output' | 'protocol-error' | 'non-2xx' | 'timeout';

/** As the editor offers them. */
export const exchangeFilters: readonly {
  readonly filter: ExchangeFilter;
  readonly label: string;
  readonly description: string;
}[] = [
  { filter: 'stray-output', label: 'Stray Output', description: 'The function wrote to stdout what is no answer.' },
  { filter: 'protocol-error', label: 'Protocol Error', description: 'The answer breaks off or is not as HTTP has it.' },
  { filter: 'non-2xx', label: 'Status Not 2xx', description: 'The function answered, with another status than 2xx.' },
  { filter: 'timeout', label: 'Timeout', description: 'The function did not answer in its time.' },
];

const filterOfCode: Partial<Record<ErrorCode, ExchangeFilter>> = {
  'stray-output': 'stray-output',
  'bad-status-line': 'protocol-error',
  'bad-header': 'protocol-error',
  'bad-chunk': 'protocol-error',
  'missing-content-length': 'protocol-error',
  'header-too-large': 'protocol-error',
  'short-body': 'protocol-error',
  'function-exited': 'protocol-error',
  'out-of-memory': 'protocol-error',
  'output-too-large': 'protocol-error',
  timeout: 'timeout',
};

export interface ExchangeException {
  readonly filter: ExchangeFilter;
  readonly message: string;
  readonly error: HotFunctionsError | undefined;
}

/** What was wrong with a call that is over, in the terms of the filters. */
export function exceptionOf({ outcome }: CallSummary): ExchangeException | undefined {
  if (outcome.kind === 'aborted') {
    return undefined;
  }
  const error = outcome.kind === 'failed' ? outcome.error : outcome.warning;
  if (error !== undefined) {
    const filter = filterOfCode[error.code];
    return filter === undefined ? undefined : { filter, message: error.message, error };
  }
  if (outcome.kind === 'answered' && (outcome.status < 200 || outcome.status > 299)) {
    return { filter: 'non-2xx', message: `The function answered ${outcome.status}.`, error };
  }
  return undefined;
}
