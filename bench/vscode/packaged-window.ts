import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleForHost } from '../../scripts/build/bundle.ts';
import { run } from '../../scripts/processes.ts';
import { ensureCodeServer } from '../../scripts/setup/code-server.ts';
import { ensureChromium } from '../../scripts/vscode/browser.ts';
import { Profile } from '../../scripts/vscode/profile.ts';
import { emptyExtensions, RESULT_VARIABLE, TASK_VARIABLE, type Task } from './tasks.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Windows of VS Code with the extension as it is packaged, and others that do nothing. None of them is active at first. */
export class PackagedWindow {
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
  }

  /** @param home a folder that is removed by whoever made it */
  static async prepare(home: string): Promise<PackagedWindow> {
    await ensureCodeServer();
    await ensureChromium();
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    const { publisher, engines } = manifest;
    const ours = join(home, 'installed', `${publisher}.hot-functions-1.0.0`);
    mkdirSync(ours, { recursive: true });
    for (const part of ['dist', 'media']) {
      cpSync(join(repository, part), join(ours, part), { recursive: true });
    }
    // Activated when the task says so, to be timed.
    writeFileSync(join(ours, 'package.json'), JSON.stringify({ ...manifest, version: '1.0.0', activationEvents: [] }));
    for (const name of ['warm-up', ...emptyExtensions, 'tester']) {
      const folder = name === 'tester' ? join(home, name) : join(home, 'installed', `${publisher}.${name}-1.0.0`);
      mkdirSync(folder);
      const empty = {
        name,
        publisher,
        engines,
        version: '1.0.0',
        main: './main.cjs',
        activationEvents: [],
      };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...empty, extensionKind: ['workspace'] }));
      writeFileSync(join(folder, 'main.cjs'), 'exports.activate = () => {};\n');
    }
    await bundleForHost({ suite: 'bench/vscode/suite.ts' }, { folder: join(home, 'suite') });
    writeFileSync(join(home, 'suite', 'package.json'), '{ "type": "module" }');
    return new PackagedWindow(home);
  }

  /** Opens a window on a folder, for one task. */
  async run<Result>(folder: string, task: Task): Promise<Result> {
    const profile = new Profile({ 'hotFunctions.engine': 'process' });
    try {
      cpSync(join(this.#home, 'installed'), profile.extensionsDirectory, { recursive: true });
      const result = join(profile.directory, 'result.json');
      const log = openSync(join(this.#home, 'windows.log'), 'a');
      await run(
        process.execPath,
        [
          join(repository, 'scripts/code-shim.ts'),
          folder,
          // One that is developed is what tests are said to belong to.
          `--extensionDevelopmentPath=${join(this.#home, 'tester')}`,
          `--extensionTestsPath=${join(this.#home, 'suite/suite.js')}`,
          `--user-data-dir=${profile.userDataDirectory}`,
          `--extensions-dir=${profile.extensionsDirectory}`,
        ],
        {
          env: { ...process.env, [TASK_VARIABLE]: JSON.stringify(task), [RESULT_VARIABLE]: result },
          stdio: ['ignore', log, log],
        },
      ).catch((error: unknown) => {
        throw new Error(readFileSync(join(this.#home, 'windows.log'), 'utf8'), { cause: error });
      });
      closeSync(log);
      return JSON.parse(readFileSync(result, 'utf8'));
    } finally {
      profile.remove();
    }
  }
}
