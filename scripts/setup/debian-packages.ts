import { existsSync, readdirSync, statSync } from 'node:fs';
import process from 'node:process';
import { commandPath, run } from '../processes.ts';

interface Need {
  readonly packages: readonly string[];
  /** By which we see that they are there. */
  readonly commands: readonly string[];
  /** On Debian, of packages that have no command. */
  readonly files?: readonly string[];
}

/** What we want from Debian. */
const NEEDS = {
  docker: { packages: ['docker.io', 'iptables'], commands: ['dockerd', 'iptables'] },
  chromium: { packages: ['chromium'], commands: ['chromium'] },
  compilers: {
    packages: ['golang-go', 'gcc', 'libc6-dev'],
    commands: ['go', 'gcc'],
  },
  nodeGyp: { packages: ['python3', 'make', 'g++'], commands: ['python3', 'make', 'g++'] },
  processTable: { packages: ['procps'], commands: ['ps'] },
  httpClients: { packages: ['curl', 'wrk'], commands: ['curl', 'wrk'] },
  python: { packages: ['python3'], commands: ['python3'] },
  debuggers: {
    packages: ['delve', 'ruby', 'python3-debugpy'],
    commands: ['dlv', 'ruby'],
    files: ['/usr/lib/python3/dist-packages/debugpy/__init__.py'],
  },
} as const satisfies Record<string, Need>;

const RECENT_MS = 60 * 60_000;

export type DebianNeed = keyof typeof NEEDS;

/**
 * Installs the packages of needs whose commands are missing, as root on a Debian. Elsewhere throws an error that says
 * what is missing and how to get it.
 */
export async function ensureDebianPackages(...needs: readonly DebianNeed[]): Promise<void> {
  const unmet = needs.filter((need) => !isMet(NEEDS[need]));
  if (unmet.length === 0) {
    return;
  }
  const packages = [...new Set(unmet.flatMap((need) => NEEDS[need].packages))].join(' ');
  const commands = unmet
    .flatMap((need) => NEEDS[need].commands)
    .filter((command) => commandPath(command) === undefined);
  if (commandPath('apt-get') === undefined) {
    throw new Error(
      `Missing on this machine: ${commands.join(', ')}. Debian has them in the packages ${packages}; here, install their counterparts.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `Missing on this machine: ${commands.join(', ')}. Install them with: sudo apt-get install -y --no-install-recommends ${packages}`,
    );
  }
  console.log(`Installing from Debian: ${packages} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt on the machine is waited for.
  const lock = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  if (!hasRecentLists()) {
    await run('apt-get', [...lock, 'update'], { env });
  }
  await run('apt-get', [...lock, 'install', '-y', '--no-install-recommends', ...packages.split(' ')], {
    env,
    // dpkg's chatter says nothing that its exit code and stderr do not.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function isMet({ commands, files = [] }: Need): boolean {
  const isThere = (command: string): boolean => commandPath(command) !== undefined;
  return commands.every(isThere) && (!isThere('apt-get') || files.every((file) => existsSync(file)));
}

/** Package lists of a fresh machine are missing, those of an old one name versions that are gone. */
function hasRecentLists(): boolean {
  const lists = '/var/lib/apt/lists';
  return (
    existsSync(lists) &&
    readdirSync(lists).some((name) => name.endsWith('InRelease')) &&
    Date.now() - statSync(lists).mtimeMs < RECENT_MS
  );
}
