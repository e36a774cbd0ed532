import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AcceptedCall } from './async-rows.ts';
import { draftSuffix, ownerSuffix, parseHead, requestSuffix } from './request-file.ts';

const maxHead = 1024 * 1024;
const draftLimitMs = 60 * 60 * 1000;

/** The ids of the calls whose requests are stored in a folder. */
export function acceptedIds(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(requestSuffix))
    .map((name) => name.slice(0, -requestSuffix.length));
}

/** What the file of a call says of it; undefined where there is none that can be read. */
export function acceptedCall(folder: string, callId: string): AcceptedCall | undefined {
  try {
    const file = openSync(join(folder, callId + requestSuffix), 'r');
    try {
      const bytes = Buffer.alloc(Math.min(maxHead, fstatSync(file).size));
      readSync(file, bytes, 0, bytes.length, 0);
      const end = bytes.indexOf('\n');
      const head = parseHead(bytes.toString('utf8', 0, end));
      const owner = ownerOf(folder, callId);
      const requestBytes = fstatSync(file).size - end - 1;
      return head && { ...head, callId, requestBytes, ...(owner === undefined ? {} : { owner }) };
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

export function removeAccepted(folder: string, callId: string): void {
  rmSync(join(folder, callId + requestSuffix), { force: true });
  rmSync(join(folder, callId + ownerSuffix), { force: true });
}

/** Which window runs a call, beside its request: so that it is not run twice where the database is lost. */
export function noteOwner(folder: string, callId: string, owner: string | undefined): void {
  const path = join(folder, callId + ownerSuffix);
  if (owner === undefined) {
    rmSync(path, { force: true });
  } else {
    writeFileSync(path, owner);
  }
}

/** Of requests that were being written when their window ended. */
export function removeOldDrafts(folder: string): void {
  for (const name of namesIn(folder).filter((one) => one.endsWith(draftSuffix))) {
    const { mtimeMs } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Date.now() - mtimeMs > draftLimitMs) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function ownerOf(folder: string, callId: string): string | undefined {
  try {
    return readFileSync(join(folder, callId + ownerSuffix), 'utf8');
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
