import type { Boundary, Direction, WireEvent } from '../../core/wire/recording.ts';
import { formatMs } from '../../editor/format-ms.ts';
import { countOf, describeBytes, hexNodes } from './byte-nodes.ts';
import type { VariableNode } from './variable-node.ts';

const mostEntries = 500;
const mostBytes = 256 * 1024;

interface Entry {
  readonly direction: Direction | undefined;
  /** In its direction, from the first byte of this call. */
  readonly offset: number;
  readonly length: number;
  /** A copy of what was there, at most. */
  readonly bytes: Uint8Array | undefined;
  readonly note: string | undefined;
  readonly atMs: number;
}

/** What went over a function's stdio during one call, in order. Bounded: what comes late is counted only. */
export class WireRecord {
  readonly #entries: Entry[] = [];
  readonly #offsets = { stdin: 0, stdout: 0 };
  #kept = 0;
  #dropped = 0;

  add(event: WireEvent): void {
    const { atMs } = event;
    switch (event.kind) {
      case 'bytes':
        this.#addBytes(event.direction, event.bytes, undefined, atMs);
        return;
      case 'stray':
        this.#addBytes('stdout', event.bytes, 'stray', atMs);
        return;
      case 'boundary':
        this.#addNote(describeBoundary(event.boundary), atMs);
        return;
      case 'begin':
        return;
      case 'end':
        this.#addNote(event.note, atMs);
        return;
      default:
        event satisfies never;
    }
  }

  nodes(): readonly VariableNode[] {
    const nodes = this.#entries.map(nodeOf);
    return this.#dropped === 0 ? nodes : [...nodes, { name: '…', value: `${this.#dropped} more events` }];
  }

  #addBytes(direction: Direction, bytes: Uint8Array, note: string | undefined, atMs: number): void {
    const offset = this.#offsets[direction];
    this.#offsets[direction] += bytes.length;
    // A copy: the memory is the stream's, and a part of it would keep all of it.
    const kept = Uint8Array.from(bytes.subarray(0, mostBytes - this.#kept));
    this.#kept += kept.length;
    this.#add({ direction, offset, length: bytes.length, bytes: kept, note, atMs });
  }

  #addNote(note: string, atMs: number): void {
    this.#add({ direction: undefined, offset: this.#offsets.stdout, length: 0, bytes: undefined, note, atMs });
  }

  #add(entry: Entry): void {
    if (this.#entries.length < mostEntries) {
      this.#entries.push(entry);
    } else {
      this.#dropped += 1;
    }
  }
}

/** The bytes of a request that is not written yet. */
export function unwrittenNodes(bytes: Uint8Array): readonly VariableNode[] {
  return [{ name: 'stdin 0 (not written)', value: describeBytes(bytes), children: () => hexNodes(bytes) }];
}

function nodeOf({ direction, offset, length, bytes, note, atMs }: Entry, at: number): VariableNode {
  if (bytes === undefined) {
    return { name: `${at}: boundary`, value: `${note ?? ''} · ${formatMs(atMs)}` };
  }
  const truncated = bytes.length < length;
  return {
    name: `${at}: ${direction} ${offset}`,
    value: describeBytes(bytes, truncated),
    children: () => [
      { name: 'direction', value: direction === 'stdin' ? 'stdin (request)' : `stdout (${note ?? 'answer'})` },
      { name: 'offset', value: `${offset}` },
      { name: 'length', value: truncated ? `${countOf(length)}, ${bytes.length} kept` : countOf(length) },
      { name: 'time', value: formatMs(atMs) },
      { name: 'text', value: describeBytes(bytes, truncated) },
      { name: 'hex', value: countOf(bytes.length), children: () => hexNodes(bytes) },
    ],
  };
}

function describeBoundary(boundary: Boundary): string {
  switch (boundary.kind) {
    case 'request-complete':
      return `request complete: head ${countOf(boundary.headBytes)}, body ${countOf(boundary.bodyBytes)}`;
    case 'interim-response':
      return `interim response ${boundary.status}: ${countOf(boundary.headBytes)}`;
    case 'response-head':
      return `head of response ${boundary.status}: ${countOf(boundary.headBytes)}`;
    case 'response-complete':
      return `response complete: head ${countOf(boundary.headBytes)}, body ${countOf(boundary.bodyBytes)}`;
    case 'stdin-closed':
      return 'stdin closed';
    case 'stdout-closed':
      return 'stdout closed';
    default:
      return boundary satisfies never;
  }
}
