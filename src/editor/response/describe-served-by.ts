import type { ServedBy } from '../../core/call.ts';

/** Whether a call found a container that was warm: `hot, call 3 of reused container`. */
export function describeTemperature({ temperature, callNumber }: ServedBy): string {
  switch (temperature) {
    case 'cold':
      return 'cold';
    case 'kept-warm':
      return 'cold, kept warm';
    case 'started-hot':
      return 'hot, new container';
    case 'reused-hot':
      return `hot, call ${callNumber} of reused container`;
    default:
      return temperature satisfies never;
  }
}

/** The same with the container's name: `hot, call 3 of reused container hot-1a2b3c-myapp-hot-1`. */
export function describeServedBy(servedBy: ServedBy): string {
  const container = servedBy.temperature === 'cold' || servedBy.temperature === 'kept-warm' ? ', container' : '';
  return `${describeTemperature(servedBy)}${container} ${servedBy.name}`;
}
