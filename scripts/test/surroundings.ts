import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { ARTIFACTS_VARIABLE, BUILD_ARGS_VARIABLE, VSIX_VARIABLE } from '../../test/environment.ts';
import type { CleanUp } from '../clean-up.ts';
import { acquireDockerEngine } from '../docker-engine.ts';
import { packageExtension } from '../package.ts';
import { ensureCodeServer } from '../setup/code-server.ts';
import { ensureDebianPackages } from '../setup/debian-packages.ts';
import { ensureChromium } from '../vscode/browser.ts';
import { exampleBuildArguments } from '../vscode/example-images.ts';

const downloads = fileURLToPath(new URL('../../.vscode-test', import.meta.url));
const codeShim = fileURLToPath(new URL('../code-shim.ts', import.meta.url));

/** What suites need around them: each made when the first of them asks for it, once a run. */
export class Surroundings {
  readonly artifacts = fileURLToPath(new URL('../../.vscode-test/artifacts', import.meta.url));
  readonly packagedExtension = once(packageExtension);
  readonly docker = once(() => this.#dockerVariables());
  /**
   * The executable of the VS Code to run tests in: the one that HOT_FUNCTIONS_VSCODE names, by its path or by a version
   * to be downloaded; else what poses as one.
   */
  readonly vscode = once(() => this.#vscode());
  readonly browser = once(async () => {
    await ensureCodeServer();
    await ensureChromium();
  });
  /** What callers over HTTP are made of, besides the tools. */
  readonly callers = once(() => ensureDebianPackages('httpClients'));
  /** What tests and examples are compiled with, run by and seen with, outside containers. */
  readonly tools = once(() => ensureDebianPackages('compilers', 'python', 'processTable'));
  /** Of the languages that are debugged. Node has its own. */
  readonly debuggers = once(() => ensureDebianPackages('debuggers'));
  readonly #cleanUp: CleanUp;

  constructor(cleanUp: CleanUp) {
    this.#cleanUp = cleanUp;
    // What an earlier run has left would be taken for this one's.
    rmSync(this.artifacts, { recursive: true, force: true });
    mkdirSync(this.artifacts, { recursive: true });
  }

  /** Variables for a suite that uses the packaged extension. */
  async variables(): Promise<Record<string, string>> {
    return { [VSIX_VARIABLE]: await this.packagedExtension(), [ARTIFACTS_VARIABLE]: this.artifacts };
  }

  logFile(part: string): string {
    return path.join(this.artifacts, `${part}.log`);
  }

  async #dockerVariables(): Promise<Record<string, string>> {
    const dockerHost = await acquireDockerEngine(this.#cleanUp);
    const buildArguments = await exampleBuildArguments(dockerHost);
    return { DOCKER_HOST: dockerHost, [BUILD_ARGS_VARIABLE]: JSON.stringify(buildArguments) };
  }

  async #vscode(): Promise<string> {
    const named = process.env['HOT_FUNCTIONS_VSCODE'];
    if (named !== undefined) {
      return /^(stable|insiders|\d+\.\d+\.\d+)$/.test(named)
        ? await downloadAndUnzipVSCode({ version: named, cachePath: downloads })
        : named;
    }
    await this.browser();
    return codeShim;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
