import type { CallSummary } from '../../core/call.ts';
import { describeTemperature } from '../response/describe-served-by.ts';
import { formatMs } from '../response/render-response.ts';

/** One line of the log for a call that has ended. */
export function describeCall({ callId, routeId, outcome, servedBy, timings }: CallSummary): string {
  const by = servedBy === undefined ? '' : ` (${describeTemperature(servedBy)}, ${servedBy.name})`;
  return `[${routeId} call ${callId.slice(0, 8)}] ${describeOutcome(outcome)} in ${formatMs(timings.totalMs)}${by}`;
}

function describeOutcome(outcome: CallSummary['outcome']): string {
  switch (outcome.kind) {
    case 'answered':
      return outcome.warning === undefined
        ? `answered ${outcome.status}`
        : `answered ${outcome.status}, but ${outcome.warning.code}: ${outcome.warning.message}`;
    case 'failed':
      return `failed with ${outcome.error.code}: ${outcome.error.message}`;
    case 'aborted':
      return 'aborted';
    default:
      return outcome satisfies never;
  }
}
