// @ts-check
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isAlive } from './process-alive.mjs';

/**
 * Fills a folder unless it was filled for the same `version` before. It is made aside and moved into place when it is
 * complete, so what an interrupted run leaves is never taken for the whole.
 *
 * @param {string} directory
 * @param {string} version whatever the content depends on
 * @param {(staging: string) => void | Promise<void>} fill
 */
export async function ensureFolder(directory, version, fill) {
  const stamp = 'prepared-for.txt';
  const isPrepared = () => {
    const file = path.join(directory, stamp);
    return existsSync(file) && readFileSync(file, 'utf8') === version;
  };
  if (isPrepared()) {
    return;
  }
  removeAbandoned(directory);
  const staging = `${directory}.${process.pid}`;
  mkdirSync(staging, { recursive: true });
  try {
    await fill(staging);
    writeFileSync(path.join(staging, stamp), version);
    // Another run may have been faster; what it has put there may be in use.
    if (!isPrepared()) {
      rmSync(directory, { recursive: true, force: true });
      renameSync(staging, directory);
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @param {string} directory */
function removeAbandoned(directory) {
  const parent = path.dirname(directory);
  const prefix = `${path.basename(directory)}.`;
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}
