/**
 * Runs the suite of this folder in the extension host of a VS Code, on a copy of the examples:
 *
 *   node test/host/run.ts docker|process <executable of a VS Code> <file for the counts>
 */
import { cpSync, createWriteStream, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { CleanUp } from '../../scripts/clean-up.ts';
import { Profile } from '../../scripts/vscode/profile.ts';
import { artifactsFolder, buildArguments, ENGINE_VARIABLE } from '../environment.ts';
import { bundleSuite } from './bundle-suite.ts';
import { PROGRESS_FILE_VARIABLE } from './progress.ts';
import { ProgressFollower } from './progress-follower.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const [engine, vscodeExecutablePath, countsFile] = process.argv.slice(2);
if (engine === undefined || vscodeExecutablePath === undefined || countsFile === undefined) {
  console.error('Usage: node test/host/run.ts docker|process <executable of a VS Code> <file for the counts>');
  process.exit(2);
}

const cleanUp = new CleanUp();
try {
  const profile = new Profile({
    'hotFunctions.engine': engine,
    'hotFunctions.docker.buildArgs': buildArguments(),
  });
  cleanUp.add(() => profile.remove());
  const folder = path.join(profile.directory, 'examples');
  cpSync(path.join(repository, 'examples'), folder, { recursive: true });

  const log = createWriteStream(path.join(artifactsFolder(), `vscode-${engine}.log`));
  const follower = new ProgressFollower(path.join(profile.directory, 'progress.jsonl'));
  await follow(follower, runInVsCode(vscodeExecutablePath, engine, { profile, folder, log }));
  log.end();

  writeFileSync(countsFile, JSON.stringify(follower.counts));
  if (!follower.hasEnded) {
    keepScreenshot(profile);
    throw new Error(`VS Code ended before the suite did. Its output: ${log.path}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp.run();
}

/** Settles when VS Code has ended. That a test failed is no error here: the progress tells more of it. */
async function runInVsCode(
  executable: string,
  engineName: string,
  { profile, folder, log }: { profile: Profile; folder: string; log: NodeJS.WritableStream },
): Promise<void> {
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: repository,
      extensionTestsPath: await bundleSuite(),
      launchArgs: [
        folder,
        `--user-data-dir=${profile.userDataDirectory}`,
        `--extensions-dir=${profile.extensionsDirectory}`,
        '--disable-extensions',
      ],
      extensionTestsEnv: {
        [ENGINE_VARIABLE]: engineName,
        [PROGRESS_FILE_VARIABLE]: path.join(profile.directory, 'progress.jsonl'),
      },
      stdout: log,
      stderr: log,
    });
  } catch (error) {
    log.write(`${error}\n`);
  }
}

async function follow(follower: ProgressFollower, vscode: Promise<void>): Promise<void> {
  const ended = vscode.then(() => true);
  while (!(await Promise.race([ended, delay(100, false)]))) {
    follower.read();
  }
  follower.read();
}

function keepScreenshot(profile: Profile): void {
  const screenshot = path.join(profile.userDataDirectory, 'failure.png');
  if (existsSync(screenshot)) {
    cpSync(screenshot, path.join(artifactsFolder(), `vscode-${engine}.png`));
  }
}
