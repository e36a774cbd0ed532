/**
 * Opens VS Code with this extension on `examples/`: `npm start`.
 *
 * The user's own VS Code if there is one; else one that is downloaded; else code-server from the npm registry, for a
 * browser. `npm start -- --smoke` needs no screen: it invokes examples through the window of the latter, prints what
 * went over the wire, and exits with 0 if all came as it should.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleExtension } from './build/bundle.ts';
import { CleanUp } from './clean-up.ts';
import { downloadedCode, hasScreen, installedCode, openDownloaded, openInstalled } from './start/desktop.ts';
import { examplesEngine } from './start/engine.ts';
import { serveInBrowser } from './start/in-browser.ts';
import { smoke } from './start/smoke.ts';

const examples = fileURLToPath(new URL('../examples', import.meta.url));

const cleanUp = new CleanUp();
try {
  if (process.argv.includes('--smoke')) {
    await smoke(examples, await examplesEngine(cleanUp), cleanUp);
  } else {
    await open();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp.run();
}

async function open(): Promise<void> {
  const installed = hasScreen() ? installedCode() : undefined;
  if (installed !== undefined) {
    await bundleExtension({ production: false });
    console.log(`Opening the examples in ${installed}`);
    await openInstalled(installed, examples);
    return;
  }
  const downloaded = hasScreen() ? await downloadedCode() : undefined;
  if (downloaded !== undefined) {
    await bundleExtension({ production: false });
    console.log(`Opening the examples in ${downloaded}`);
    await openDownloaded(downloaded, examples, await examplesEngine(cleanUp), cleanUp);
    return;
  }
  await serveInBrowser(examples, await examplesEngine(cleanUp), cleanUp);
}
