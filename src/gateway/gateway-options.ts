import type { CallRequest } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import type { Route } from '../core/route.ts';
import type { Runner } from '../core/runner.ts';
import type { IsSecret } from '../core/wire/secret-names.ts';
import type { GatewayLimits } from './gateway-limits.ts';

/** An app as its file says it. */
export interface App {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

export interface GatewayOptions {
  readonly runner: Pick<Runner, 'invoke' | 'calls' | 'containers' | 'onDidFinishCall'>;
  /**
   * Takes a call of an asynchronous route and settles with its id when it is stored. Without it such calls are
   * answered with 501.
   */
  readonly submitAsync?: (route: Route, request: CallRequest) => Promise<string>;
  /** As they are saved. The same array as long as nothing has changed. */
  readonly routes: () => readonly Route[];
  /** Those with a file of their own; an app that only has routes is known by them. */
  readonly apps?: () => readonly App[];
  readonly clock: Clock;
  /** The port to listen on, or the next one that is free; 0 for any. */
  readonly port: number;
  /** Authorities besides the loopback's that callers reach the gateway by, such as those of forwarded ports. */
  readonly allowedHosts: () => readonly string[];
  /** Origins whose pages may call functions, such as `https://example.com`. */
  readonly allowedOrigins: () => readonly string[];
  /** What callers have to show, if anything. */
  readonly token: () => string | undefined;
  readonly version: string;
  /** Whose values are not listed. */
  readonly isSecret?: IsSecret;
  readonly limits?: Partial<GatewayLimits>;
  /** Told of what should not have happened; the caller is answered with 500. */
  readonly onError?: (error: unknown) => void;
}
