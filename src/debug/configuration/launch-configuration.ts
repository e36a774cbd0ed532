import type * as vscode from 'vscode';
import type { RouteId } from '../../core/route.ts';
import type { LanguageId } from '../languages/debug-language.ts';

export const debugType = 'hot-function';

/** What one of our root sessions is asked beside the Debug Adapter Protocol. */
export const customRequests = {
  /** Sends the next call into the debugged container; no arguments. Fails while one is under way. */
  callAgain: 'hotFunctions.callAgain',
} as const;

/** The call that a debug session makes; each part as in `CallRequest`. */
export interface LaunchedCall {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Absolute path of a file whose bytes are the body. */
  readonly bodyFile?: string;
}

/** What of a launch configuration a person writes, checked. */
export interface LaunchAttributes {
  /** As the person names it: an id, a path, or a file of the function. */
  readonly route?: string;
  readonly call?: LaunchedCall;
  readonly language?: LanguageId;
  /** Absolute, or undefined to be guessed; the same of `remoteRoot`. */
  readonly localRoot?: string;
  readonly remoteRoot?: string;
  /** Whether container and session stay after the answer, for Debug Again. Default: whether the route is hot. */
  readonly hot?: boolean;
  readonly stopOnEntry?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Name of a live hot container to attach to as it runs. */
  readonly container?: string;
}

/** A `launch` configuration after it was resolved: checked, and with its route found. */
export interface LaunchConfiguration extends LaunchAttributes, vscode.DebugConfiguration {
  readonly type: typeof debugType;
  readonly request: 'launch';
  readonly route: RouteId;
  /** URI of the file that defines the route; the session takes it as that file's text stands when it starts. */
  readonly definedIn: string;
}
