/** Every failure we expect, by name. What carries none of these is a bug and keeps its stack. */
export type ErrorCode =
  // refused: the call never began
  | 'unknown-route'
  | 'invalid-route'
  | 'invalid-request'
  | 'untrusted-workspace'
  | 'host-run-unconfirmed'
  // before a container answers
  | 'engine-unavailable'
  | 'engine-lost'
  | 'needs-docker'
  | 'image-missing'
  | 'build-failed'
  | 'start-failed'
  | 'crash-loop'
  | 'no-memory'
  | 'stopped'
  | 'closing'
  // of a call that outlives its window
  | 'store-unavailable'
  | 'interrupted'
  // of a debugger
  | 'debugger-missing'
  | 'debugger-unreachable'
  // the exchange
  | 'stray-output'
  | 'bad-status-line'
  | 'bad-header'
  | 'bad-chunk'
  | 'missing-content-length'
  | 'header-too-large'
  | 'short-body'
  | 'function-exited'
  | 'out-of-memory'
  | 'output-too-large'
  | 'timeout'
  | 'aborted';

export interface ErrorDetails {
  /** One sentence that tells the author of the function what to do. */
  readonly hint?: string;
  /** Where in the function's output of this exchange the failure is, in bytes from its first one. */
  readonly offset?: number;
  /** The bytes around that place, as they came. */
  readonly bytes?: Uint8Array;
  readonly exitCode?: number;
  /** The end of what the function wrote to stderr. */
  readonly stderr?: string;
  readonly cause?: unknown;
}

/** An expected failure: the message says what happened and to what, the hint what to do about it. */
export class HotFunctionsError extends Error {
  override readonly name = 'HotFunctionsError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly offset: number | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly exitCode: number | undefined;
  readonly stderr: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.offset = details.offset;
    this.bytes = details.bytes;
    this.exitCode = details.exitCode;
    this.stderr = details.stderr;
  }
}

/** The HTTP status a failed call is reported with. Source: the contract's list of statuses. */
export function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'timeout':
      return 504;
    case 'unknown-route':
      return 404;
    case 'invalid-request':
      return 400;
    case 'untrusted-workspace':
    case 'host-run-unconfirmed':
      return 403;
    case 'engine-unavailable':
    case 'engine-lost':
    case 'no-memory':
    case 'stopped':
    case 'closing':
    case 'store-unavailable':
    case 'interrupted':
    case 'needs-docker':
      return 503;
    case 'aborted':
      return 499;
    case 'invalid-route':
    case 'image-missing':
    case 'build-failed':
    case 'start-failed':
    case 'crash-loop':
    case 'debugger-missing':
    case 'debugger-unreachable':
    case 'stray-output':
    case 'bad-status-line':
    case 'bad-header':
    case 'bad-chunk':
    case 'missing-content-length':
    case 'header-too-large':
    case 'short-body':
    case 'function-exited':
    case 'out-of-memory':
    case 'output-too-large':
      return 502;
    default:
      return code satisfies never;
  }
}
