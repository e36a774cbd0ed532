/** This window among those of the same installation on this machine, for as long as its process lives. */
export interface OwnWindow {
  readonly id: string;
  readonly installation: string;
  /** For what concerns this installation on this machine only. */
  readonly folder: string;
  windows(): Promise<{
    readonly live: ReadonlySet<string>;
    /** Those that ended without saying so. */
    readonly ended: ReadonlySet<string>;
  }>;
  /** Nothing is left of these any more. */
  forget(ended: ReadonlySet<string>): Promise<void>;
}
