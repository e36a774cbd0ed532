import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { StoredRequest } from '../../core/calls/async-call-store.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { draftSuffix, ownerSuffix, parseHead, type RequestHead, requestSuffix } from './request-file.ts';

/** Up to here a body is read at once, in bytes. */
const inMemoryBytes = 1024 * 1024;
const LF = 10;

export interface RequestFilesOptions {
  /** Made when it is first needed. */
  readonly folder: string;
  /** What is larger is refused, in bytes. */
  readonly maxBytes: number;
}

type Body = string | Uint8Array | AsyncIterable<Uint8Array> | undefined;

/** Requests that have to survive: each whole in a file, for nobody else's eyes, until its call has finished. */
export class RequestFiles {
  readonly #options: RequestFilesOptions;

  constructor(options: RequestFilesOptions) {
    this.#options = options;
  }

  /** Settles with the length of the body when the file is on the disk, name and all. */
  async write(head: RequestHead, body: Body): Promise<number> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, head.callId + draftSuffix);
    try {
      const length = await this.#writeDraft(draft, head, body);
      await rename(draft, this.#path(head.callId));
      await syncFolder(folder);
      return length;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Rejects with `invalid-request` when it is gone. */
  async open(callId: string): Promise<StoredRequest> {
    const path = this.#path(callId);
    try {
      const { size } = await stat(path);
      const bytes = size <= inMemoryBytes ? await readFile(path) : await firstBytes(path);
      const end = bytes.indexOf(LF);
      const head = parseHead(bytes.toString('utf8', 0, end));
      if (head === undefined) {
        throw new Error('it is damaged');
      }
      const { method, query, headers, hasBody } = head;
      const request = { method, headers, ...(query === undefined ? {} : { query }) };
      if (!hasBody) {
        return { request, dispose: async () => {} };
      }
      if (size <= inMemoryBytes) {
        return { request: { ...request, body: bytes.subarray(end + 1) }, dispose: async () => {} };
      }
      const stream = createReadStream(path, { start: end + 1 });
      const dispose = async (): Promise<void> => void stream.destroy();
      return { request: { ...request, body: stream, bodyLength: size - end - 1 }, dispose };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HotFunctionsError('invalid-request', `The stored request of call ${callId} cannot be read: ${why}.`, {
        hint: 'Call the function again.',
      });
    }
  }

  async remove(callIds: readonly string[]): Promise<void> {
    const paths = callIds.flatMap((callId) => [this.#path(callId), join(this.#options.folder, callId + ownerSuffix)]);
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  async any(): Promise<boolean> {
    try {
      return (await readdir(this.#options.folder)).some((name) => name.endsWith(requestSuffix));
    } catch {
      return false;
    }
  }

  #path(callId: string): string {
    return join(this.#options.folder, callId + requestSuffix);
  }

  async #writeDraft(path: string, head: RequestHead, body: Body): Promise<number> {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.appendFile(`${JSON.stringify(head)}\n`);
      const length = await this.#append(file, body);
      await file.sync();
      return length;
    } finally {
      await file.close();
    }
  }

  async #append(file: FileHandle, body: Body): Promise<number> {
    let length = 0;
    const chunks = typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : (body ?? []);
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > this.#options.maxBytes) {
        const limit = `${Math.floor(this.#options.maxBytes / 1024 / 1024)} MiB`;
        throw new HotFunctionsError('invalid-request', `The request's body is larger than ${limit}.`);
      }
      await file.appendFile(chunk);
    }
    return length;
  }
}

/** So that its names are on the disk too. Windows cannot, and does so by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** The head of a request is far shorter. */
async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(inMemoryBytes), 0, inMemoryBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
