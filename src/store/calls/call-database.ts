import type { DatabaseSync } from 'node:sqlite';
import { HotFunctionsError } from '../../core/errors.ts';
import { acceptedCall, acceptedIds, removeAccepted, removeOldDrafts } from './accepted-files.ts';
import { AsyncRows } from './async-rows.ts';
import { CallRows } from './call-rows.ts';
import { identityOf, isDamaged, type OpenDatabase, openDatabase, setAside } from './open-database.ts';

export interface CallDatabaseOptions {
  readonly folder: string;
  readonly requestsFolder: string;
  readonly owner: string;
  readonly Database: typeof DatabaseSync;
  readonly lockWaitMs: number;
  readonly tell: (message: string) => void;
}

export interface Rows {
  readonly calls: CallRows;
  readonly queue: AsyncRows;
}

interface Open extends Rows {
  readonly file: OpenDatabase;
}

/** The database for as long as there is one: opened when first used, and anew when it is damaged or was replaced. */
export class CallDatabase {
  readonly #options: CallDatabaseOptions;
  #state: { readonly kind: 'closed' } | { readonly kind: 'open'; readonly open: Open } | { readonly kind: 'off' } = {
    kind: 'closed',
  };

  constructor(options: CallDatabaseOptions) {
    this.#options = options;
  }

  /** @throws HotFunctionsError `store-unavailable`; whatever the database throws, but for damage */
  use<T>(work: (rows: Rows) => T): T {
    const open = this.#opened();
    try {
      return work(open);
    } catch (error) {
      if (!isDamaged(error)) {
        throw error;
      }
      this.close();
      this.#state = { kind: 'closed' };
      setAside(this.#options, open.file.identity, error instanceof Error ? error.message : String(error));
      return work(this.#opened());
    }
  }

  /** Changes whenever another window has written something. */
  get dataVersion(): number | undefined {
    return this.#state.kind === 'open'
      ? Number(this.#state.open.file.db.prepare('PRAGMA data_version').get()?.['data_version'])
      : undefined;
  }

  /** Makes rows and files say the same: a file without a row was accepted, one of a finished call is to go. */
  reconcile(): void {
    const { requestsFolder } = this.#options;
    const { queue } = this.#opened();
    const ids = acceptedIds(requestsFolder);
    for (const callId of ids.filter((id) => queue.stateOf(id) === 'finished')) {
      removeAccepted(requestsFolder, callId);
    }
    const lost = ids
      .filter((id) => queue.stateOf(id) === undefined)
      .flatMap((id) => acceptedCall(requestsFolder, id) ?? [])
      .sort((a, b) => a.createdAt - b.createdAt);
    if (lost.length > 0) {
      queue.add(lost);
    }
  }

  close(): void {
    if (this.#state.kind === 'open') {
      this.#state.open.file.db.close();
    }
    this.#state = { kind: 'off' };
  }

  #opened(): Open {
    const { folder, owner } = this.#options;
    if (this.#state.kind === 'open') {
      if (identityOf(folder) === this.#state.open.file.identity) {
        return this.#state.open;
      }
      // Another window has set it aside.
      this.#state.open.file.db.close();
      this.#state = { kind: 'closed' };
    }
    if (this.#state.kind === 'closed') {
      const file = openDatabase(this.#options);
      if (file === undefined) {
        this.#state = { kind: 'off' };
      } else {
        const open = { file, calls: new CallRows(file.db, owner), queue: new AsyncRows(file.db, owner, Date.now) };
        this.#state = { kind: 'open', open };
        this.reconcile();
        removeOldDrafts(this.#options.requestsFolder);
        return open;
      }
    }
    throw new HotFunctionsError('store-unavailable', 'Calls cannot be stored.', {
      hint: 'The log of Hot Functions says why.',
    });
  }
}
