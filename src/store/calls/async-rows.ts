import type { DatabaseSync } from 'node:sqlite';
import type { AsyncEnd, ClaimedCall, FailedCall, GivenBack, WaitingRoute } from '../../core/calls/async-call-store.ts';
import type { KeptError } from '../../core/calls/call-record.ts';
import type { RouteId } from '../../core/route.ts';
import { durably, transaction } from './transaction.ts';

/** An asynchronous call as its file names it. */
export interface AcceptedCall {
  readonly callId: string;
  readonly routeId: RouteId;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly method: string;
  readonly requestBytes: number;
  /** Of one that was being run when its row was lost: the window that did. */
  readonly owner?: string;
}

const interrupted: KeptError = {
  code: 'interrupted',
  message: 'The window ended while the call ran.',
};

/** The story of a call that is tried for days is that of its first attempts. */
const withEarlier = `iif(json_array_length(earlier) >= 20, earlier,
  json_insert(earlier, '$[#]', json_object('endedAt', :now, 'error', json(:error))))`;

/**
 * Asynchronous calls as rows: queued, claimed by a window, finished or queued again. Every change names the state that
 * it starts from, so that of two windows one wins.
 */
export class AsyncRows {
  readonly #db: DatabaseSync;
  readonly #owner: string;
  readonly #now: () => number;

  constructor(db: DatabaseSync, owner: string, now: () => number) {
    this.#db = db;
    this.#owner = owner;
    this.#now = now;
  }

  /** What is there already stays as it is. */
  add(calls: readonly AcceptedCall[]): void {
    const insert = this.#db.prepare(
      `INSERT INTO calls (call_id, route_id, origin, state, owner, attempts, created_at, method, request_bytes)
       VALUES (?, ?, 'async', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    durably(this.#db, () =>
      transaction(this.#db, () => {
        for (const { callId, routeId, createdAt, method, requestBytes, owner } of calls) {
          const state = owner === undefined ? (['queued', null, 0] as const) : (['running', owner, 1] as const);
          insert.run(callId, routeId, ...state, createdAt, method, requestBytes);
        }
      }),
    );
  }

  /** `unfinished`, `finished`, or undefined where it is not known. */
  stateOf(callId: string): 'unfinished' | 'finished' | undefined {
    const state = this.#db.prepare('SELECT state FROM calls WHERE call_id = ?').get(callId)?.['state'];
    if (state === undefined) {
      return undefined;
    }
    return state === 'queued' || state === 'running' ? 'unfinished' : 'finished';
  }

  /** The other windows that run something, as far as is known. */
  owners(): readonly string[] {
    return this.#db
      .prepare(`SELECT DISTINCT owner FROM calls WHERE state = 'running' AND owner <> ?`)
      .all(this.#owner)
      .map((row) => String(row['owner']));
  }

  /** What these windows were running is queued again, or has failed. @returns asynchronous calls that are over */
  recover(ended: readonly string[], maxInterruptions: number): readonly FailedCall[] {
    const now = this.#now();
    const owners = JSON.stringify(ended);
    const theirs = `state = 'running' AND owner IN (SELECT value FROM json_each(:owners))`;
    const over = `UPDATE calls SET owner = NULL, finished_at = :now,`;
    const error = JSON.stringify(interrupted);
    const poison: KeptError = {
      code: 'interrupted',
      message: `The window or the engine ended while the call ran, ${maxInterruptions} times. It is not tried again.`,
    };
    return durably(this.#db, () =>
      transaction(this.#db, () => {
        this.#db
          .prepare(`${over} state = 'failed', error = :error WHERE ${theirs} AND origin <> 'async'`)
          .run({ owners, now, error });
        this.#db.prepare(`${over} state = 'cancelled' WHERE ${theirs} AND marked = 1`).run({ owners, now });
        const failed = this.#db
          .prepare(
            `${over} state = 'failed', error = :poison, interruptions = interruptions + 1
             WHERE ${theirs} AND interruptions + 1 >= :maxInterruptions RETURNING call_id, route_id`,
          )
          .all({ owners, now, poison: JSON.stringify(poison), maxInterruptions });
        this.#db
          .prepare(
            `UPDATE calls SET state = 'queued', owner = NULL, not_before = 0, interruptions = interruptions + 1,
               error = :error,
               earlier = ${withEarlier}
             WHERE ${theirs}`,
          )
          .run({ owners, now, error });
        return failed.map((row) => ({
          callId: String(row['call_id']),
          routeId: String(row['route_id']),
          error: poison,
        }));
      }),
    );
  }

  waiting(): readonly WaitingRoute[] {
    // Of the row with the least `seq`, SQLite takes the other columns too.
    return this.#db
      .prepare(
        `SELECT route_id, not_before, min(seq) FROM calls WHERE state = 'queued' GROUP BY route_id ORDER BY min(seq)`,
      )
      .all()
      .map((row) => ({ routeId: String(row['route_id']), notBefore: Number(row['not_before']) }));
  }

  claim(routeId: RouteId, limit: number): ClaimedCall | undefined {
    const row = this.#db
      .prepare(
        `UPDATE calls SET state = 'running', owner = :owner, attempts = attempts + 1, started_at = :now, marked = 0
         WHERE seq = (SELECT min(seq) FROM calls WHERE state = 'queued' AND route_id = :routeId)
           AND state = 'queued' AND not_before <= :now
           AND (SELECT count(*) FROM calls WHERE state = 'running' AND origin = 'async' AND route_id = :routeId) < :limit
         RETURNING call_id, attempts, retries, interruptions`,
      )
      .get({ owner: this.#owner, now: this.#now(), routeId, limit });
    return (
      row && {
        callId: String(row['call_id']),
        routeId,
        attempts: Number(row['attempts']),
        retries: Number(row['retries']),
        interruptions: Number(row['interruptions']),
      }
    );
  }

  finish(callId: string, end: AsyncEnd): boolean {
    const error = end.state === 'failed' ? JSON.stringify(end.error) : null;
    return durably(this.#db, () =>
      this.#changed(
        `UPDATE calls SET state = :state, owner = NULL, finished_at = :now, error = coalesce(:error, error)
         WHERE call_id = :callId AND state = 'running' AND owner = :owner`,
        { state: end.state, now: this.#now(), error, callId, owner: this.#owner },
      ),
    );
  }

  giveBack(callId: string, { error, notBefore, begun, as }: GivenBack): boolean {
    return this.#changed(
      `UPDATE calls SET state = 'queued', owner = NULL, not_before = :notBefore, error = :error,
         attempts = attempts - (1 - :begun), retries = retries + (:as = 'retry'),
         interruptions = interruptions + (:as = 'interruption'),
         earlier = CASE WHEN :begun = 0 OR :error IS NULL THEN earlier ELSE ${withEarlier} END
       WHERE call_id = :callId AND state = 'running' AND owner = :owner`,
      {
        callId,
        owner: this.#owner,
        notBefore,
        begun: begun ? 1 : 0,
        as,
        now: this.#now(),
        error: error === undefined ? null : JSON.stringify(error),
      },
    );
  }

  hurry(): void {
    this.#changed(`UPDATE calls SET not_before = 0 WHERE state = 'queued' AND not_before > 0`, {});
  }

  cancel(callId: string): 'cancelled' | 'marked' | undefined {
    const now = this.#now();
    return transaction(this.#db, () => {
      const cancelled = this.#changed(
        `UPDATE calls SET state = 'cancelled', finished_at = :now WHERE call_id = :callId AND state = 'queued'`,
        { callId, now },
      );
      if (cancelled) {
        return 'cancelled';
      }
      const marked = this.#changed(
        `UPDATE calls SET marked = 1 WHERE call_id = :callId AND state = 'running' AND origin = 'async'`,
        { callId },
      );
      return marked ? 'marked' : undefined;
    });
  }

  cancelWaiting(routeId: RouteId | undefined): readonly string[] {
    return this.#db
      .prepare(
        `UPDATE calls SET state = 'cancelled', finished_at = :now
         WHERE state = 'queued' AND (:routeId IS NULL OR route_id = :routeId) RETURNING call_id`,
      )
      .all({ now: this.#now(), routeId: routeId ?? null })
      .map((row) => String(row['call_id']));
  }

  marked(): readonly string[] {
    return this.#db
      .prepare(`SELECT call_id FROM calls WHERE state = 'running' AND owner = ? AND marked = 1`)
      .all(this.#owner)
      .map((row) => String(row['call_id']));
  }

  #changed(sql: string, values: Record<string, string | number | null>): boolean {
    return Number(this.#db.prepare(sql).run(values).changes) > 0;
  }
}
