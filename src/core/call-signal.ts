/**
 * Tells that nobody waits for a call any more: what a call needs of an AbortSignal. Whoever makes many calls may bring
 * something simpler.
 */
export interface CallSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
