import type { AssembledCall } from '../../core/calls/call-assembler.ts';
import type { RecordedCall } from '../../core/calls/call-request.ts';
import { recordedWire } from '../../core/calls/recorded-wire.ts';

/** The last calls as they were, credentials and all: in memory only. */
export class RecentCalls {
  readonly #maxBytes: number;
  readonly #calls = new Map<string, { readonly call: AssembledCall; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(call: AssembledCall): void {
    const { callId } = call.raw;
    this.#remove(callId);
    const bytes = call.rawWire.reduce((sum, frame) => sum + frame.length, 1000);
    this.#calls.set(callId, { call, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#calls.keys()) {
      if (this.#bytes <= this.#maxBytes) {
        return;
      }
      this.#remove(oldest);
    }
  }

  get(callId: string): RecordedCall | undefined {
    const { call } = this.#calls.get(callId) ?? {};
    return call && { ...call.raw, wire: recordedWire(Buffer.concat(call.rawWire)), masked: false };
  }

  clear(): void {
    this.#calls.clear();
    this.#bytes = 0;
  }

  #remove(callId: string): void {
    this.#bytes -= this.#calls.get(callId)?.bytes ?? 0;
    this.#calls.delete(callId);
  }
}
