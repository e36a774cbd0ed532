import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import type { CleanUp } from '../clean-up.ts';
import { commandPath } from '../processes.ts';
import { Profile } from '../vscode/profile.ts';
import type { ExamplesEngine } from './engine.ts';

const DOWNLOADS = 'https://update.code.visualstudio.com/api/releases/stable';
const PROBE_TIMEOUT_MS = 3_000;

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Whether a window can be shown at all. */
export function hasScreen(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
}

/** The VS Code that the user has. */
export function installedCode(): string | undefined {
  return commandPath('code');
}

/** The executable of a VS Code of our own, if the network gives one. */
export async function downloadedCode(): Promise<string | undefined> {
  try {
    // Without a network, the download itself would try for long.
    await fetch(DOWNLOADS, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return await downloadAndUnzipVSCode({ cachePath: path.join(repository, '.vscode-test') });
  } catch {
    return undefined;
  }
}

/** Opens a window of the user's own VS Code, with the user's settings, and leaves it to the user. */
export async function openInstalled(code: string, folder: string): Promise<void> {
  await runCode(code, ['--new-window', `--extensionDevelopmentPath=${repository}`, folder], {});
}

/** Opens a window of a VS Code with a profile of its own, until it is closed. */
export async function openDownloaded(
  code: string,
  folder: string,
  engine: ExamplesEngine,
  cleanUp: CleanUp,
): Promise<void> {
  const profile = new Profile(engine.settings);
  cleanUp.add(() => profile.remove());
  const isRoot = process.getuid?.() === 0;
  const flags = [
    `--extensionDevelopmentPath=${repository}`,
    `--user-data-dir=${profile.userDataDirectory}`,
    `--extensions-dir=${profile.extensionsDirectory}`,
    ...(isRoot ? ['--no-sandbox'] : []),
  ];
  await runCode(code, [...flags, folder], engine.env, (kill) => cleanUp.add(kill));
}

async function runCode(
  code: string,
  codeArguments: readonly string[],
  env: Readonly<Record<string, string>>,
  onStarted: (kill: () => void) => void = () => {},
): Promise<void> {
  // The launcher on Windows is a script, which needs a shell, and a shell needs quotes.
  const shell = process.platform === 'win32' && code.endsWith('.cmd');
  const quoted = (text: string) => (shell ? `"${text}"` : text);
  const child = spawn(quoted(code), codeArguments.map(quoted), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell,
  });
  onStarted(() => {
    child.kill();
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
