import { type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Runs a command with this process's stdio. Rejects unless it exits with 0. */
export async function run(
  command: string,
  commandArguments: readonly string[],
  options: SpawnOptions = {},
): Promise<void> {
  const child = spawn(command, commandArguments, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  const outcome = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  if (outcome !== '0') {
    throw new CommandFailed(`${[command, ...commandArguments].join(' ')} ended with ${outcome}`);
  }
}

/** Where a command is, also in the folders for administration that a user's path often lacks. */
export function commandPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return folders
    .flatMap((folder) => extensions.map((extension) => path.join(folder, name + extension)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
