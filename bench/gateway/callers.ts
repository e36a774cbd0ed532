import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What callers have seen in one turn. */
export interface Answers {
  readonly perSecond: number;
  /** Milliseconds of each. */
  readonly times: readonly number[];
}

/** Callers of an HTTP server that call again as soon as they were answered, in a process of their own. */
export class Callers {
  readonly #command: string;

  /** @param folder where their binary is to be */
  constructor(folder: string) {
    this.#command = join(folder, 'load');
    execFileSync('gcc', ['-O2', '-D_GNU_SOURCE', '-o', this.#command, join(import.meta.dirname, 'load.c')]);
  }

  async call(port: number, path: string, body: string, callers: number, ms: number): Promise<Answers> {
    const request = [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'User-Agent: bench',
      'Accept: */*',
      'Content-Type: text/plain',
      `Content-Length: ${body.length}`,
      '',
      body,
    ];
    const { stdout } = await run(this.#command, [String(port), String(callers), String(ms), request.join('\r\n')], {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    // Aligned as numbers have to be.
    const bytes = Uint8Array.from(stdout).buffer;
    const seconds = Number(new BigUint64Array(bytes, 0, 1)[0]) / 1e9;
    const times = Array.from(new Uint32Array(bytes, 8), (nanoseconds) => nanoseconds / 1e6);
    return { perSecond: times.length / seconds, times };
  }
}
