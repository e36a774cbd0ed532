import type { ServedBy } from '../../core/call.ts';

export function temperatureOf({ temperature, callNumber }: ServedBy): string {
  switch (temperature) {
    case 'cold':
      return 'cold';
    case 'started-hot':
      return 'hot, new container';
    case 'reused-hot':
      return `hot, call ${callNumber}`;
    default:
      return temperature satisfies never;
  }
}

/** Which container answered, and whether it was warm: `hot, reused container hot-hello-1, call 3`. */
export function describeServedBy(servedBy: ServedBy): string {
  switch (servedBy.temperature) {
    case 'cold':
      return `cold, container ${servedBy.name}`;
    case 'started-hot':
      return `hot, new container ${servedBy.name}`;
    case 'reused-hot':
      return `hot, reused container ${servedBy.name}, call ${servedBy.callNumber}`;
    default:
      return servedBy.temperature satisfies never;
  }
}
