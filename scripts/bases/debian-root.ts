import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { commandPath, run } from '../processes.ts';
import type { BaseRecipe } from './recipes.ts';

// What a child prints is progress: stdout is for the result.
const stdio: ['ignore', number, number] = ['ignore', 2, 2];

/** Writes `rootfs.tar` into `folder`: packages unpacked, none of their scripts run. Needs no root. */
export async function packDebianRoot(folder: string, recipe: BaseRecipe): Promise<void> {
  if (commandPath('apt-get') === undefined || commandPath('dpkg-deb') === undefined) {
    throw new Error(
      `Without apt-get and dpkg-deb no local image can be made for ${recipe.argument}. Use one that you have, or a registry.`,
    );
  }
  const packages = path.join(folder, 'packages');
  const root = path.join(folder, 'root');
  await downloadPackages(packages, recipe.packages);
  makeSkeleton(root);
  // Debian's libraries rely on /lib being a link to /usr/lib, which a package's own folder of that name must not replace.
  const unpack =
    'for deb in "$0"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink "$@" || exit; done';
  await run('sh', ['-c', unpack, packages, '-C', root, ...recipe.leaveOut.map((pattern) => `--exclude=${pattern}`)], {
    stdio,
  });
  for (const [target, source] of Object.entries((await recipe.executables?.()) ?? {})) {
    mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
    copyFileSync(source, path.join(root, target));
    chmodSync(path.join(root, target), 0o755);
  }
  await run('tar', [
    '-C',
    root,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-cf',
    path.join(folder, 'rootfs.tar'),
    '.',
  ]);
  rmSync(packages, { recursive: true });
  rmSync(root, { recursive: true });
}

/** The packages with all that they depend on, as if nothing were installed. */
async function downloadPackages(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(path.join(folder, 'partial'), { recursive: true });
  const nothingInstalled = path.join(folder, 'status');
  writeFileSync(nothingInstalled, '');
  const isRoot = process.getuid?.() === 0;
  const settings = {
    'Dir::State::status': nothingInstalled,
    'Dir::Cache::archives': folder,
    'Debug::NoLocking': 'true',
    'APT::Install-Recommends': 'false',
    // apt as root would download as a user who may not write here.
    ...(isRoot ? { 'APT::Sandbox::User': 'root' } : {}),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const download = () =>
    run('apt-get', ['install', '--download-only', '-y', '-qq', ...options, ...packages], { stdio });
  try {
    await download();
  } catch (error) {
    if (!isRoot) {
      throw new Error(`Cannot download ${packages.join(', ')}. Try again after: sudo apt-get update`, { cause: error });
    }
    // Package lists of a fresh machine are empty, those of an old one name versions that are gone.
    await run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'update'], { stdio });
    await download();
  }
}

function makeSkeleton(root: string): void {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(path.join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, path.join(root, folder));
  }
  for (const folder of ['etc', 'root', 'tmp']) {
    mkdirSync(path.join(root, folder));
  }
  chmodSync(path.join(root, 'tmp'), 0o1777);
  writeFileSync(
    path.join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  );
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
}
