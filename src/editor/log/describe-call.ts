import type { CallSummary } from '../../core/call.ts';
import { formatMs } from '../format-ms.ts';
import { describeServedBy } from '../response/describe-served-by.ts';

/** One line of the log for a call that has ended. */
export function describeCall({ callId, routeId, outcome, servedBy, timings }: CallSummary): string {
  const by = servedBy === undefined ? '' : ` (${describeServedBy(servedBy)})`;
  const after = `in ${formatMs(timings.totalMs)}${by}`;
  return `[${routeId} call ${callId.slice(0, 8)}] ${describeOutcome(outcome, after)}`;
}

function describeOutcome(outcome: CallSummary['outcome'], after: string): string {
  switch (outcome.kind) {
    case 'answered': {
      const { status, warning } = outcome;
      return `answered ${status} ${after}${warning === undefined ? '' : `, but ${warning.code}: ${warning.message}`}`;
    }
    case 'failed':
      return `failed ${after}, ${outcome.error.code}: ${outcome.error.message}`;
    case 'aborted':
      return `cancelled ${after}`;
    default:
      return outcome satisfies never;
  }
}
