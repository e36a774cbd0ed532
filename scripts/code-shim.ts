#!/usr/bin/env node
/**
 * Poses as the executable of a desktop VS Code towards `@vscode/test-electron`, over code-server and a headless
 * Chromium: takes `--extensionDevelopmentPath`, `--extensionTestsPath`, `--user-data-dir`, `--extensions-dir` and a
 * folder, prints what the tests print, and exits with their result.
 */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CleanUp } from './clean-up.ts';
import { openPage } from './vscode/browser.ts';
import { CodeServer } from './vscode/server.ts';

const { values, positionals } = parseArgs({
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true, default: [] },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
  allowPositionals: true,
  // A desktop VS Code is given more flags, about windows and graphics, that mean nothing here.
  strict: false,
});
const [folder] = positionals;
const { extensionTestsPath, 'user-data-dir': userData, 'extensions-dir': extensions } = values;
const developed = values.extensionDevelopmentPath.filter((value) => typeof value === 'string');
if (
  folder === undefined ||
  typeof extensionTestsPath !== 'string' ||
  typeof userData !== 'string' ||
  typeof extensions !== 'string'
) {
  console.error('code-shim needs a folder, --extensionTestsPath, --user-data-dir and --extensions-dir');
  process.exit(2);
}

const cleanUp = new CleanUp();
try {
  process.exitCode = await runTests({ folder, extensionTestsPath, userData, extensions });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp.run();
}

async function runTests(paths: {
  readonly folder: string;
  readonly extensionTestsPath: string;
  readonly userData: string;
  readonly extensions: string;
}): Promise<number> {
  const server = await CodeServer.start(
    {
      userDataDirectory: paths.userData,
      extensionsDirectory: paths.extensions,
      stateDirectory: path.join(paths.userData, 'server'),
      smokeTestDriver: true,
    },
    cleanUp,
  );
  const page = await openPage(cleanUp);

  const { promise: exitCode, resolve, reject } = Promise.withResolvers<number>();
  await page.exposeFunction('codeAutomationLog', (_level: string, values: unknown[]) => console.log(...values));
  await page.exposeFunction('codeAutomationExit', resolve);
  page.once('crash', () => reject(new Error('The page of VS Code crashed')));
  page.once('close', () => reject(new Error('The page of VS Code was closed')));
  server.ended.then(
    () => reject(new Error('code-server ended')),
    (error: unknown) => reject(error),
  );

  const remote = (file: string) => {
    const { pathname } = pathToFileURL(file.startsWith('file:') ? fileURLToPath(file) : file);
    return `vscode-remote://127.0.0.1:${server.port}${pathname}`;
  };
  await page.goto(
    server.url(path.resolve(paths.folder), [
      ...developed.map((extension) => ['extensionDevelopmentPath', remote(extension)] as const),
      ['extensionTestsPath', remote(paths.extensionTestsPath)],
      ['skipWelcome', 'true'],
    ]),
  );
  try {
    return await exitCode;
  } catch (error) {
    await page.screenshot({ path: path.join(paths.userData, 'failure.png') }).catch(() => {});
    throw error;
  }
}
