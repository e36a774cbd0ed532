import type { HeaderList } from '../core/call.ts';
import { headersForFunction } from './headers.ts';

interface Known {
  readonly raw: readonly string[];
  readonly mine: readonly string[];
  readonly headers: HeaderList;
}

/**
 * What functions get to see of a connection's headers. Callers that keep their connection send the same ones again with
 * each request: these get the same frozen list again, of which whoever passes it on may know what it has made of it.
 */
export class KnownHeaders {
  #last: Known | undefined;

  /** @param mine names of those that were meant for the gateway */
  of(raw: readonly string[], mine: readonly string[]): HeaderList {
    const known = this.#last;
    if (known !== undefined && known.mine === mine && areSame(known.raw, raw)) {
      return known.headers;
    }
    const headers = Object.freeze(headersForFunction(raw, mine));
    this.#last = { raw, mine, headers };
    return headers;
  }
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] !== b[at]) {
      return false;
    }
  }
  return true;
}
