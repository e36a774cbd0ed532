import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CleanUp } from '../../scripts/clean-up.ts';
import { Workbench } from '../../scripts/vscode/workbench.ts';
import { artifactsFolder, buildArguments, vsixUnderTest } from '../environment.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const TEST_TIMEOUT_MS = 90_000;

export interface UiOptions {
  readonly engine: 'docker' | 'process';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the folder has to be trusted first. */
  readonly workspaceTrust?: boolean;
  /** The folder of which a copy is opened. Default: the examples. */
  readonly folder?: string;
}

export interface UiWindow {
  readonly workbench: Workbench;
  /** The copy that is open in it. */
  readonly folder: string;
}

/** Tests of one `describe` that share a window, opened before the first of them and closed after the last. */
export class UiTests {
  #window: UiWindow | undefined;
  // Also when the run is stopped half-way: servers and browsers are processes of their own.
  readonly #cleanUp = new CleanUp();

  constructor(options: UiOptions) {
    before(() => this.#open(options));
    after(() => this.#cleanUp.run());
  }

  /** A test that leaves a picture of the window and VS Code's logs among the artifacts when it fails or hangs. */
  it(name: string, body: (workbench: Workbench, window: UiWindow) => Promise<void>): void {
    it(name, async () => {
      if (this.#window === undefined) {
        throw new Error('The window is not open');
      }
      const { workbench } = this.#window;
      const done = new AbortController();
      try {
        await Promise.race([body(workbench, this.#window), timeout(done.signal)]);
      } catch (error) {
        await workbench.keepEvidence(name);
        throw error;
      } finally {
        done.abort();
      }
    });
  }

  /** Closes the window before the last test is done, for tests of what happens then. */
  close(): Promise<void> {
    return this.#cleanUp.run();
  }

  async #open(options: UiOptions): Promise<void> {
    const temporary = mkdtempSync(path.join(tmpdir(), 'hf-ui-'));
    this.#cleanUp.add(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));
    const folder = path.join(temporary, 'examples');
    cpSync(options.folder ?? examples, folder, { recursive: true });
    const workbench = await Workbench.open(
      {
        vsix: vsixUnderTest(),
        folder,
        workspaceTrust: options.workspaceTrust ?? false,
        settings: {
          'hotFunctions.engine': options.engine,
          'hotFunctions.docker.buildArgs': buildArguments(),
          ...options.settings,
        },
        artifacts: artifactsFolder(),
      },
      this.#cleanUp,
    );
    this.#window = { workbench, folder };
  }
}

async function timeout(signal: AbortSignal): Promise<never> {
  await delay(TEST_TIMEOUT_MS, undefined, { signal });
  throw new Error(`The test is not done after ${TEST_TIMEOUT_MS / 1000} s`);
}
