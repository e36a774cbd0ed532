import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../src/core/engine.ts';
import type { ErrorCode } from '../../src/core/errors.ts';

const run = promisify(execFile);

/** An engine that a suite has to itself, and a folder with the probe function for it. */
export interface RealEngine {
  readonly engine: Engine;
  /** Begins the names of its containers and images. */
  readonly name: string;
  readonly folder: string;
  /** What a build has said. */
  readonly buildLog: readonly string[];
  /** How many containers or processes of it there are, whoever has lost sight of them. */
  countAlive(): Promise<number>;
  /** How many processes of this machine there are that belong to these containers. */
  countProcesses(engineIds: ReadonlySet<string>): Promise<number>;
  /** Keeps a container from running on, from outside. */
  freeze(engineId: string): Promise<void>;
  /** Sends SIGKILL to a container from outside, frozen or not; harmless if it is gone. Begun before it returns. */
  strike(engineId: string): Promise<void>;
  /** What a call fails with whose container was struck: before its answer, and within it. */
  readonly struck: { readonly before: ErrorCode; readonly within: ErrorCode };
  /** Lets go of the engine and removes the folder and what was built. */
  close(): Promise<void>;
}

/** A new folder with the compiled probe and a Dockerfile that makes an image of nothing else. */
export async function probeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hot-functions-probe-'));
  await run('gcc', ['-static', '-O2', '-o', join(folder, 'probe'), join(import.meta.dirname, 'probe.c')]);
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY probe /probe\nENTRYPOINT ["/probe"]\n');
  return folder;
}
