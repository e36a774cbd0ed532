import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HotFunctionsError } from '../core/errors.ts';
import { bodyOfBytes, type Spool, type Spooled } from '../core/request-body.ts';

export interface FileSpoolOptions {
  /** Made when it is first needed. */
  readonly folder: string;
  /** What is larger is refused, in bytes. */
  readonly maxBytes: number;
}

/** Up to here a body stays in memory, in bytes. */
const inMemoryBytes = 1024 * 1024;

/** Puts bodies of unknown length aside: small ones in memory, others in a file that has no name any more. */
export function fileSpool(options: FileSpoolOptions): Spool {
  return async (chunks, signal) => {
    const spooling = new Spooling(options);
    try {
      await readAll(chunks, signal, (chunk) => spooling.add(chunk));
      return spooling.spooled();
    } catch (error) {
      await spooling.dispose();
      throw error;
    }
  };
}

class Spooling {
  readonly #options: FileSpoolOptions;
  #held: Uint8Array[] = [];
  #length = 0;
  #file: FileHandle | undefined;

  constructor(options: FileSpoolOptions) {
    this.#options = options;
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#length += chunk.length;
    if (this.#length > this.#options.maxBytes) {
      const limit = `${Math.floor(this.#options.maxBytes / 1024 / 1024)} MiB`;
      throw new HotFunctionsError('invalid-request', `The request's body is larger than ${limit}.`);
    }
    if (this.#file === undefined && this.#length <= inMemoryBytes) {
      this.#held.push(chunk);
      return;
    }
    this.#file ??= await this.#moveToFile();
    await this.#file.appendFile(chunk);
  }

  spooled(): Spooled {
    const dispose = (): Promise<void> => this.dispose();
    const file = this.#file;
    if (file === undefined) {
      return { body: bodyOfBytes(Buffer.concat(this.#held, this.#length)), dispose };
    }
    const chunks = file.createReadStream({ start: 0, autoClose: false });
    return { body: { kind: 'stream', chunks, length: this.#length }, dispose };
  }

  async dispose(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #moveToFile(): Promise<FileHandle> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true });
    const path = join(folder, `body-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    // Its handle is all that is needed: nothing stays behind, however this process ends.
    await unlink(path);
    await file.appendFile(Buffer.concat(this.#held));
    this.#held = [];
    return file;
  }
}

async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onChunk: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    signal.throwIfAborted();
    for (;;) {
      // A body that does not come must not outlive the call it is for.
      const next = await Promise.race([iterator.next(), ended.promise]);
      if (next.done === true) {
        return;
      }
      await onChunk(next.value);
    }
  } catch (error) {
    iterator.return?.().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
