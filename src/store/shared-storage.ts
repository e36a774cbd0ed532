import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * The storage that all windows of a workspace share. Where one is open twice, as it can be in a browser, VS Code gives
 * the second window a folder `<workspace>-1`, up to 9: what is left there would be found only by the next second one.
 *
 * @param folder the one that the editor has given to the extension
 */
export function sharedStorage(folder: string): string {
  const workspace = dirname(folder);
  const first = /^(.+)-[1-9]$/.exec(basename(workspace))?.[1];
  const shared = first === undefined ? undefined : join(dirname(workspace), first);
  return shared !== undefined && existsSync(shared) ? join(shared, basename(folder)) : folder;
}
