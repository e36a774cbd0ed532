import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/** True if a program of that name would be found on that path. A name with a slash is no matter of the path. */
export async function isOnPath(name: string, path: string, platform: NodeJS.Platform): Promise<boolean> {
  const windows = platform === 'win32';
  if (name.includes('/') || (windows && name.includes('\\'))) {
    return true;
  }
  const fileNames = windows ? [`${name}.exe`, name] : [name];
  for (const folder of path.split(windows ? ';' : ':')) {
    for (const fileName of fileNames) {
      try {
        await access(join(folder || '.', fileName), constants.X_OK);
        return true;
      } catch {
        // Not here; there are more places to look at.
      }
    }
  }
  return false;
}
