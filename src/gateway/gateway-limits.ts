/** What one caller may take of the gateway. Durations in milliseconds. */
export interface GatewayLimits {
  readonly maxConnections: number;
  /** Of a request's line and headers together. */
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
  /** Requests that one connection may send before the first of them is answered. */
  readonly maxPipelined: number;
  /** From a connection's begin, or a request's first byte, until its head is complete. */
  readonly headMs: number;
  /** From a request's first byte to its last one. */
  readonly requestMs: number;
  /** For a body that is small enough to be read before the call begins. */
  readonly smallBodyMs: number;
  /** How long a caller may leave an answer unread that is ready. */
  readonly stallMs: number;
  /** How long the rest of a request is still taken when it has been answered before its end. */
  readonly lingerMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
}

export const usualLimits: GatewayLimits = {
  maxConnections: 1000,
  maxHeadBytes: 32 * 1024,
  maxHeaders: 256,
  maxBodyBytes: 1024 ** 3,
  maxPipelined: 64,
  headMs: 10_000,
  requestMs: 10 * 60_000,
  smallBodyMs: 30_000,
  stallMs: 60_000,
  lingerMs: 2000,
  keepAliveMs: 60_000,
};
