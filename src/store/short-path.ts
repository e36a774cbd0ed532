import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes of a socket's path without the NUL at its end: 108 in Linux, 104 in macOS and the BSDs. */
const limitBytes = process.platform === 'linux' ? 107 : 103;

/**
 * Runs something with a name of the folder under which a file of that name can be a socket. Where the folder's own
 * name is too long, that is a link to it in a temporary folder of ours, needed only while a socket is bound or
 * connected to: the sockets stay where nobody tidies up.
 */
export async function withinSocketLimit<T>(
  folder: string,
  fileName: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (process.platform === 'win32' || Buffer.byteLength(join(folder, fileName)) <= limitBytes) {
    return use(folder);
  }
  const short = await mkdtemp(join(tmpdir(), 'hot-'));
  try {
    await symlink(folder, join(short, 'w'));
    return await use(join(short, 'w'));
  } finally {
    await rm(short, { recursive: true });
  }
}
