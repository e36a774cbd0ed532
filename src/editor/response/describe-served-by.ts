import type { ServedBy } from '../../core/call.ts';

/** Whether a call found a container that was warm: `hot, reused container, call 3`. */
export function describeTemperature({ temperature, callNumber }: ServedBy): string {
  switch (temperature) {
    case 'cold':
      return 'cold';
    case 'started-hot':
      return 'hot, new container';
    case 'reused-hot':
      return `hot, reused container, call ${callNumber}`;
    default:
      return temperature satisfies never;
  }
}
