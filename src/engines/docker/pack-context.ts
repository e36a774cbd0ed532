import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pack as createPack, type Headers, type Pack } from 'tar-stream';
import { type BuildContext, ContextChangedError, type ContextFile } from './build-context.ts';

/**
 * The context as a tar stream. Of modes only the executable bit is sent, as only it is hashed (and as git keeps only
 * it), so that one hash means one archive but for times of change. To be destroyed by who stops reading it.
 */
export function packContext(context: BuildContext): Pack {
  const pack = createPack();
  fill(pack, context).catch((error: Error) => pack.destroy(error));
  return pack;
}

async function fill(pack: Pack, context: BuildContext): Promise<void> {
  for (const entry of context.entries) {
    switch (entry.kind) {
      case 'folder':
        await addEntry(pack, { name: `${entry.path}/`, type: 'directory', mode: 0o755, size: 0 });
        break;
      case 'link':
        await addEntry(pack, { name: entry.path, type: 'symlink', linkname: entry.target, mode: 0o777, size: 0 });
        break;
      case 'file':
        await addFile(pack, context.folder, entry);
        break;
      default:
        entry satisfies never;
    }
  }
  pack.finalize();
}

function addEntry(pack: Pack, headers: Headers): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry(headers, (error) => (error ? reject(error) : resolve()));
  });
}

async function addFile(pack: Pack, folder: string, entry: ContextFile): Promise<void> {
  const path = join(folder, entry.path);
  const file = await openUnchanged(path, entry);
  try {
    await new Promise<void>((resolve, reject) => {
      const headers: Headers = {
        name: entry.path,
        type: 'file',
        mode: entry.executable ? 0o755 : 0o644,
        size: entry.size,
        mtime: new Date(entry.mtimeMs),
      };
      const sink = pack.entry(headers, (error) => (error ? reject(error) : resolve()));
      const content = file.createReadStream({ autoClose: false, end: Math.max(0, entry.size - 1) });
      content.on('error', reject);
      content.pipe(sink);
    });
  } finally {
    await file.close();
  }
}

async function openUnchanged(path: string, entry: ContextFile): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new ContextChangedError(`${path} cannot be read any more`, { cause: error });
  }
  const now = await file.stat();
  if (now.size !== entry.size || now.mtimeMs !== entry.mtimeMs || now.ino !== entry.inode) {
    await file.close();
    throw new ContextChangedError(`${path} changed while its folder was being sent to the engine`);
  }
  return file;
}
