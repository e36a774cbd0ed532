// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm ci` unless `node_modules` holds what `package-lock.json` asks for. */
export function ensureDependencies() {
  if (isUpToDate()) {
    return;
  }
  console.log('Installing dependencies (npm ci) …');
  npm(['ci'], repository);
}

/**
 * Runs npm without dependencies' install scripts: no package that we use needs one on the machines that we support,
 * and npm 11 blocks them while npm 10 does not.
 *
 * @param {readonly string[]} npmArguments
 * @param {string} directory
 */
export function npm(npmArguments, directory) {
  execFileSync('npm', [...npmArguments, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
}

function isUpToDate() {
  const wanted = readLock(path.join(repository, 'package-lock.json'));
  // npm's own record of what it has put into the folder; written last, so an interrupted install has none.
  const installed = readLock(path.join(repository, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).every(
    ([location, entry]) =>
      location === '' ||
      (entry.optional === true && !installed[location]) ||
      installed[location]?.version === entry.version,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}
