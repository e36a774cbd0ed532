/** Runs the suite of this folder in the extension host of a VS Code, with one engine. */
import { cpSync, createWriteStream, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { extensionHostOptions } from '../../scripts/build/bundle.ts';
import { Profile } from '../../scripts/vscode/profile.ts';
import { ENGINE_VARIABLE, PROGRESS_FILE_VARIABLE, type Progress } from './progress.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface HostRun {
  readonly engine: 'docker' | 'process';
  /** The executable of a VS Code, or what poses as one. */
  readonly vscode: string;
  /** Added to the settings that every run has. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly dockerHost: string | undefined;
  /** Where VS Code's own output goes, and what else is of use after a failure. */
  readonly artifacts: string;
  /** Told as it happens. */
  readonly report: (progress: Progress) => void;
}

/** @throws when VS Code ended before the suite did, naming the log */
export async function runHostSuite(run: HostRun): Promise<void> {
  const suite = await bundleSuite();
  mkdirSync(run.artifacts, { recursive: true });
  const logFile = path.join(run.artifacts, `vscode-${run.engine}.log`);
  const log = createWriteStream(logFile);
  const profile = new Profile({ 'hotFunctions.engine': run.engine, ...run.settings });
  const folder = path.join(profile.directory, 'examples');
  const progressFile = path.join(profile.directory, 'progress.jsonl');
  try {
    cpSync(path.join(repository, 'examples'), folder, { recursive: true });
    const outcome = { settled: false };
    const ended = runTests({
      vscodeExecutablePath: run.vscode,
      extensionDevelopmentPath: repository,
      extensionTestsPath: suite,
      launchArgs: [
        folder,
        `--user-data-dir=${profile.userDataDirectory}`,
        `--extensions-dir=${profile.extensionsDirectory}`,
        '--disable-extensions',
      ],
      extensionTestsEnv: {
        [ENGINE_VARIABLE]: run.engine,
        [PROGRESS_FILE_VARIABLE]: progressFile,
        ...(run.dockerHost === undefined ? {} : { DOCKER_HOST: run.dockerHost }),
      },
      stdout: log,
      stderr: log,
    })
      // A failed test gives a non-zero exit too: the progress tells more.
      .catch((error: unknown) => log.write(`${error}\n`))
      .finally(() => {
        outcome.settled = true;
      });
    const follower = new ProgressFollower(progressFile, run.report);
    while (!outcome.settled) {
      await Promise.race([ended, delay(100)]);
      follower.read();
    }
    follower.read();
    if (!follower.hasEnded) {
      const screenshot = path.join(profile.userDataDirectory, 'failure.png');
      if (existsSync(screenshot)) {
        cpSync(screenshot, path.join(run.artifacts, `vscode-${run.engine}.png`));
      }
      throw new Error(`VS Code ended before the suite did. Its output: ${logFile}`);
    }
  } finally {
    log.end();
    profile.remove();
  }
}

class ProgressFollower {
  hasEnded = false;
  readonly #file: string;
  readonly #report: (progress: Progress) => void;
  #read = 0;

  constructor(file: string, report: (progress: Progress) => void) {
    this.#file = file;
    this.#report = report;
  }

  read(): void {
    if (!existsSync(this.#file)) {
      return;
    }
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.#read)) {
      const progress: Progress = JSON.parse(line);
      this.hasEnded ||= progress.kind === 'end';
      this.#report(progress);
    }
    this.#read = lines.length;
  }
}

async function bundleSuite(): Promise<string> {
  const outdir = path.join(repository, '.vscode-test/host-suite');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...extensionHostOptions,
    entryPoints: ['test/host/suite.ts', ...globSync('test/host/**/*.test.ts', { cwd: repository })],
    outdir,
    // Mocha finds parts of itself by their place.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  });
  return path.join(outdir, 'suite.js');
}
