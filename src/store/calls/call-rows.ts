import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { AssembledCall } from '../../core/calls/call-assembler.ts';
import type { CallEntry, CallRecord, CallState, Retention } from '../../core/calls/call-record.ts';
import type { CallFilter, CallPage, CallQuery } from '../../core/calls/call-store.ts';
import { recordedWire } from '../../core/calls/recorded-wire.ts';
import { transaction } from './transaction.ts';

/** Of a row beside what it holds, in bytes. */
const rowBytes = 400;

const entryColumns = `call_id, route_id, origin, state, created_at, started_at, finished_at, attempts, not_before, format,
  method, status, timings, served_by, request_bytes, response_bytes, error`;

const finished = `state IN ('done', 'failed', 'cancelled')`;

interface EntryRow {
  readonly call_id: string;
  readonly route_id: string;
  readonly origin: CallEntry['origin'];
  readonly state: CallState;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly attempts: number;
  readonly not_before: number;
  readonly format: 'default' | 'http' | null;
  readonly method: string | null;
  readonly status: number | null;
  readonly timings: string | null;
  readonly served_by: string | null;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly error: string | null;
}

interface RecordRow extends EntryRow {
  readonly url: string | null;
  readonly headers: string;
  readonly masked: number;
  readonly stderr: string;
  readonly wire_skipped: number;
  readonly earlier: string;
  readonly wire: Uint8Array | null;
}

/** Calls as rows: what has happened is written, read and forgotten here. Each method is one transaction. */
export class CallRows {
  readonly #db: DatabaseSync;
  readonly #owner: string;
  readonly #upsert: StatementSync;
  readonly #record: StatementSync;

  constructor(db: DatabaseSync, owner: string) {
    this.#db = db;
    this.#owner = owner;
    this.#upsert = db.prepare(upsert);
    this.#record = db.prepare(
      'INSERT INTO recordings (seq, wire) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET wire = excluded.wire',
    );
  }

  write(calls: readonly AssembledCall[]): void {
    transaction(this.#db, () => {
      for (const call of calls) {
        const wire = Buffer.concat(call.maskedWire);
        const row = this.#upsert.get(this.#valuesOf(call, wire.length));
        if (row !== undefined && wire.length > 0) {
          this.#record.run(Number(row['seq']), wire);
        }
      }
    });
  }

  list({ filter, limit, after }: CallQuery): CallPage {
    const where = conditionsOf(filter);
    if (after !== undefined) {
      where.conditions.push('seq < ?');
      where.values.push(after);
    }
    const rows = this.#db
      .prepare(`SELECT seq, ${entryColumns} FROM calls ${whereOf(where.conditions)} ORDER BY seq DESC LIMIT ?`)
      .all(...where.values, limit + 1);
    // The columns are those that were asked for.
    const page = rows.slice(0, limit) as unknown as readonly (EntryRow & { readonly seq: number })[];
    const next = rows.length > limit ? page.at(-1)?.seq : undefined;
    return { calls: page.map(entryOf), ...(next === undefined ? {} : { next }) };
  }

  get(callId: string): CallRecord | undefined {
    const row = this.#db
      .prepare(
        `SELECT ${entryColumns}, url, headers, masked, stderr, wire_skipped, earlier, wire
         FROM calls LEFT JOIN recordings USING (seq) WHERE call_id = ?`,
      )
      .get(callId) as RecordRow | undefined;
    return (
      row && {
        ...entryOf(row),
        ...(row.url === null ? {} : { url: row.url }),
        headers: JSON.parse(row.headers),
        masked: row.masked === 1,
        wire: row.wire === null ? [] : recordedWire(row.wire),
        wireSkipped: row.wire_skipped,
        stderr: row.stderr,
        earlier: JSON.parse(row.earlier),
      }
    );
  }

  clear(filter: CallFilter | undefined): number {
    const { conditions, values } = conditionsOf(filter);
    const { changes } = this.#db.prepare(`DELETE FROM calls ${whereOf([finished, ...conditions])}`).run(...values);
    this.#shrink();
    return Number(changes);
  }

  /** Forgets the oldest finished calls that are beyond a bound. */
  retain({ maxCalls, maxAgeMs, maxBytes }: Retention): number {
    const { changes } = this.#db
      .prepare(
        `DELETE FROM calls WHERE seq IN (
           SELECT seq FROM (
             SELECT seq, finished_at, row_number() OVER newest AS place, sum(size) OVER newest AS bytes
             FROM calls WHERE ${finished} WINDOW newest AS (ORDER BY seq DESC)
           ) WHERE place > ? OR bytes > ? OR finished_at < ?)`,
      )
      .run(maxCalls, maxBytes, Date.now() - maxAgeMs);
    this.#shrink();
    return Number(changes);
  }

  /** Gives what is free back to the file system. */
  #shrink(): void {
    // It gives back a page for each row that is read of it.
    this.#db.prepare('PRAGMA incremental_vacuum').all();
  }

  #valuesOf({ masked, raw, stderr, end }: AssembledCall, wireBytes: number): Record<string, SQLInputValue> {
    const headers = JSON.stringify(masked.headers);
    return {
      call_id: masked.callId,
      route_id: masked.routeId,
      origin: masked.origin,
      state: end?.state ?? 'running',
      owner: end === undefined || masked.origin === 'async' ? this.#owner : null,
      started_at: masked.at,
      finished_at: end?.at ?? null,
      format: masked.format,
      method: masked.method,
      url: masked.url,
      headers,
      masked: headers === JSON.stringify(raw.headers) && masked.url === raw.url ? 0 : 1,
      status: end?.status ?? null,
      timings: jsonOrNull(end?.timings),
      served_by: jsonOrNull(end?.servedBy),
      request_bytes: end?.requestBytes ?? 0,
      response_bytes: end?.responseBytes ?? 0,
      error: jsonOrNull(end?.error),
      stderr,
      wire_skipped: end?.skipped ?? 0,
      size: rowBytes + headers.length + stderr.length + wireBytes,
    };
  }
}

// An asynchronous call's state belongs to its queue, and its details to the window that has it now.
const upsert = `
  INSERT INTO calls (call_id, route_id, origin, state, owner, created_at, started_at, finished_at, attempts, format,
    method, url, headers, masked, status, timings, served_by, request_bytes, response_bytes, error, stderr, wire_skipped,
    size)
  VALUES (:call_id, :route_id, :origin, CASE :origin WHEN 'async' THEN 'running' ELSE :state END, :owner, :started_at,
    :started_at, CASE :origin WHEN 'async' THEN NULL ELSE :finished_at END, 1, :format, :method, :url, :headers, :masked,
    :status, :timings, :served_by, :request_bytes, :response_bytes, :error, :stderr, :wire_skipped, :size)
  ON CONFLICT (call_id) DO UPDATE SET
    state = excluded.state, owner = excluded.owner, started_at = excluded.started_at,
    finished_at = excluded.finished_at, format = excluded.format, method = excluded.method, url = excluded.url,
    headers = excluded.headers, masked = excluded.masked, status = excluded.status, timings = excluded.timings,
    served_by = excluded.served_by, request_bytes = excluded.request_bytes, response_bytes = excluded.response_bytes,
    error = excluded.error, stderr = excluded.stderr, wire_skipped = excluded.wire_skipped, size = excluded.size
  WHERE origin <> 'async' OR (state = 'running' AND owner = excluded.owner)
  RETURNING seq`;

function entryOf(row: EntryRow): CallEntry {
  return {
    callId: row.call_id,
    routeId: row.route_id,
    origin: row.origin,
    state: row.state,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    attempts: row.attempts,
    ...(row.state === 'queued' && row.not_before > 0 ? { notBefore: row.not_before } : {}),
    ...(row.format === null ? {} : { format: row.format }),
    ...(row.method === null ? {} : { method: row.method }),
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.timings === null ? {} : { timings: JSON.parse(row.timings) }),
    ...(row.served_by === null ? {} : { servedBy: JSON.parse(row.served_by) }),
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    ...(row.error === null ? {} : { error: JSON.parse(row.error) }),
  };
}

function conditionsOf({ routeId, states, origins }: CallFilter = {}): {
  readonly conditions: string[];
  readonly values: SQLInputValue[];
} {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  if (routeId !== undefined) {
    conditions.push('route_id = ?');
    values.push(routeId);
  }
  for (const [column, wanted] of [['state', states] as const, ['origin', origins] as const]) {
    if (wanted !== undefined) {
      conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted));
    }
  }
  return { conditions, values };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

function jsonOrNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
