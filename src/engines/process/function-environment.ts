/** What a function gets of this process's own environment. Nothing else leaks into it. */
const inherited = {
  posix: ['PATH', 'HOME', 'LANG', 'LANGUAGE'],
  /** Without its TMPDIR, a program on macOS cannot write temporary files. */
  darwin: ['PATH', 'HOME', 'LANG', 'LANGUAGE', 'TMPDIR'],
  /** Programs on Windows do not start without these. */
  win32: [
    'PATH',
    'PATHEXT',
    'SYSTEMROOT',
    'SYSTEMDRIVE',
    'WINDIR',
    'COMSPEC',
    'TEMP',
    'TMP',
    'USERPROFILE',
    'HOME',
    'LANG',
  ],
} as const;

/** The environment of a function: path, home and locale of this machine, then the contract's variables. */
export function functionEnvironment(
  machine: Readonly<Record<string, string | undefined>>,
  contract: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): Record<string, string> {
  const names: ReadonlySet<string> = new Set(
    platform === 'win32' ? inherited.win32 : platform === 'darwin' ? inherited.darwin : inherited.posix,
  );
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(machine)) {
    // Windows spells them as it likes (`Path`), and compares without case.
    const known = platform === 'win32' ? name.toUpperCase() : name;
    if (value !== undefined && (names.has(known) || known.startsWith('LC_'))) {
      environment[known] = value;
    }
  }
  const path = environment['PATH'];
  Object.assign(environment, contract);
  if (!environment['PATH'] && path !== undefined) {
    // Config may choose another path; without any, nothing at all would be found.
    environment['PATH'] = path;
  }
  return environment;
}
