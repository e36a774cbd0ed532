import type { Duplex } from 'node:stream';
import type { GateContainer } from '../../core/call-gate.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { EngineKind, FunctionCommand, StartAlteration } from '../../core/engine.ts';
import type { HotFunctionsError } from '../../core/errors.ts';
import type { Format } from '../../core/route.ts';

export type LanguageId = 'node' | 'python' | 'go' | 'ruby' | 'java' | 'php';

/** The same folder as the editor and as the function see it. Absolute. */
export interface PathRoots {
  readonly localRoot: string;
  readonly remoteRoot: string;
}

/** Commands that join their stdio to the debugger's port, for `ContainerAccess.connect`. */
export type Relays = readonly (readonly string[])[];

/** The debugger speaks the Debug Adapter Protocol on its port: it is relayed to the editor as it is. */
export interface DapAttachment {
  readonly kind: 'dap';
  readonly port: number;
  readonly relays: Relays;
  /** By which request the debugger takes its arguments: for some, what runs already is launched. */
  readonly request: 'attach' | 'launch';
  attachArguments(roots: PathRoots): Record<string, unknown>;
}

/** The debugger speaks something of its own, for which another extension has the adapter. */
export interface ListenerAttachment {
  readonly kind: 'listener';
  readonly port: number;
  readonly relays: Relays;
  /** Settles when the debugger answers; tries once. Rejects with `debugger-unreachable` where it does not yet. */
  ready?(open: () => Promise<Duplex>): Promise<void>;
  /** Configuration of the session that attaches to `address`, where each connection is passed on to the debugger. */
  configuration(
    address: { readonly host: string; readonly port: number },
    roots: PathRoots,
  ): { readonly type: string; readonly request: string; readonly [name: string]: unknown };
  /** Whose session it is, where it is not part of VS Code. */
  readonly extension?: { readonly id: string; readonly name: string };
}

/** How the debugger beside the function is spoken to. */
export type Attachment = DapAttachment | ListenerAttachment;

export interface DebugSurroundings {
  readonly engineKind: EngineKind;
  readonly format: Format;
  /** What the launch configuration adds to the function's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of our own on this machine, for what is built once. */
  readonly storageFolder: string;
  /** A port of this machine's loopback that nobody listens on. */
  freePort(): Promise<number>;
}

export interface DebugPlan {
  readonly alteration: StartAlteration;
  readonly attachment: Attachment;
}

export interface LiveContainer {
  readonly engineKind: EngineKind;
  readonly container: GateContainer;
  /** What it writes to stderr from now on. */
  onStderr(listener: (text: string) => void): Disposable;
}

/** How functions of one language are debugged. */
export interface DebugLanguage {
  readonly id: LanguageId;
  readonly name: string;
  /**
   * How the start is altered. The function's own code does not begin before the debugger is configured, so that
   * breakpoints in its start, and in one that blocks on stdin, are set in time; Java and PHP alone do not wait.
   *
   * Rejects with `debugger-missing`, the line to add as its hint.
   */
  plan(found: FunctionCommand, on: DebugSurroundings): Promise<DebugPlan>;
  /** Why the debugger did not come up, read from what was written to stderr and from the error of the start. */
  explain?(stderr: string, error?: unknown): HotFunctionsError | undefined;
  /** Lines that the debugger itself writes to the function's stderr: of no interest to its user. */
  readonly chatter?: RegExp;
  /** Opens the debugger of a container that runs already. Rejects where only a restart helps. */
  attachInPlace?(live: LiveContainer, signal: AbortSignal): Promise<Attachment>;
}
