import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HotFunctionsError } from '../../core/errors.ts';
import { LineLog } from '../line-log.ts';
import { signalGroup } from './process-group.ts';

export interface GoBuildOptions {
  readonly folder: string;
  /** Programs are built below it, one folder for each function folder. */
  readonly storageFolder: string;
  /** The user's own environment: Go looks there for its caches and proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly onLine: (line: string) => void;
  /** Without optimizations, and beside the program that calls run. */
  readonly forDebugger: boolean;
}

const lastLinesShown = 12;

/** Builds a Go function and settles with its program's path. What has not changed Go takes from its own cache. */
export async function buildGo(options: GoBuildOptions, signal: AbortSignal): Promise<string> {
  const id = createHash('sha256').update(options.folder).digest('hex').slice(0, 16);
  const outputFolder = join(options.storageFolder, 'go', id);
  await mkdir(outputFolder, { recursive: true });
  const name = options.forDebugger ? 'func-debug' : 'func';
  const program = join(outputFolder, options.platform === 'win32' ? `${name}.exe` : name);
  const lines: string[] = [];
  const log = new LineLog((line) => {
    lines.push(line);
    lines.splice(0, lines.length - lastLinesShown);
    options.onLine(line);
  });
  // No version-control stamp: it makes builds fail in repositories that git refuses to read.
  const flags = ['-buildvcs=false', ...(options.forDebugger ? ['-gcflags', 'all=-N -l'] : [])];
  const args = ['build', ...flags, '-o', program, ...(await packageArguments(options.folder))];
  options.onLine(`go ${args.join(' ')}`);
  const code = await runGo(args, options, log, signal);
  log.flush();
  if (signal.aborted) {
    throw new HotFunctionsError('aborted', `The build of ${options.folder} was cancelled.`);
  }
  if (code !== 0) {
    throw new HotFunctionsError('build-failed', `go build failed in ${options.folder}:\n${lines.join('\n')}`, {
      hint: 'Fix what the compiler names; the next call builds again.',
    });
  }
  return program;
}

/** Without a go.mod there is no package to name, but files can still be built by their names. */
async function packageArguments(folder: string): Promise<readonly string[]> {
  try {
    await stat(join(folder, 'go.mod'));
    return ['.'];
  } catch {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  }
}

function runGo(args: string[], options: GoBuildOptions, log: LineLog, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const go = spawn('go', args, {
      cwd: options.folder,
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a cancelled build takes its compilers with it.
      detached: options.platform !== 'win32',
      windowsHide: true,
    });
    const abort = (): void => {
      if (go.pid !== undefined) {
        signalGroup(go.pid, 'SIGKILL');
      }
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
    for (const stream of [go.stdout, go.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => log.write(text));
    }
    go.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(
        new HotFunctionsError('start-failed', `Go could not be run in ${options.folder}: ${error.message}.`, {
          hint: 'Install Go and have "go" on the PATH of VS Code, or use the docker engine.',
          cause: error,
        }),
      );
    });
    go.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      resolve(code);
    });
  });
}
