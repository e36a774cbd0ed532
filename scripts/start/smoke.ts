import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from '../clean-up.ts';
import { packageExtension } from '../package.ts';
import { ensureCodeServer } from '../setup/code-server.ts';
import { Workbench } from '../vscode/workbench.ts';
import type { ExamplesEngine } from './engine.ts';

const WIRE = 'Hot Functions Wire';
/** The first call of a function builds its image. */
const CALL_TIMEOUT_MS = 120_000;

const artifacts = fileURLToPath(new URL('../../.vscode-test/artifacts', import.meta.url));

/** What the examples answer, hot ones with their number of the call: that a second one is a 2 shows the reuse. */
const CALLS = [
  { route: '/cold-node', payload: 'Johnny', answer: /Johnny.*POST \/cold-node/s },
  { route: '/hot-node', payload: 'Johnny', answer: /Johnny.*POST \/hot-node, call 1 of this process/s },
  { route: '/hot-node', payload: 'Frances', answer: /Frances.*POST \/hot-node, call 2 of this process/s },
];

/**
 * Installs the packaged extension into a VS Code, invokes examples through its window as a user would, prints what
 * went over the wire and saves a picture.
 *
 * @throws an error that says what did not come
 */
export async function smoke(folder: string, engine: ExamplesEngine, cleanUp: CleanUp): Promise<void> {
  const vsix = await packageExtension();
  await ensureCodeServer();
  const workbench = await Workbench.open({ vsix, folder, artifacts, ...engine }, cleanUp);
  const done = new AbortController();
  const failure = workbench.errorShown(done.signal).then((text) => {
    throw new Error(`VS Code shows an error: ${text}`);
  });
  failure.catch(() => {});
  try {
    await workbench.showView('Hot Functions');
    for (const { route } of CALLS) {
      await workbench.treeItem(route).waitFor();
    }
    if (engine.env['DOCKER_HOST'] === undefined) {
      await workbench.runCommand('Hot Functions: Allow Running Functions on This Machine');
    }
    for (const { route, payload, answer } of CALLS) {
      console.log(`Invoking ${route} with ${payload} …`);
      await workbench.runCommand('Hot Functions: Invoke Function…');
      await workbench.pick(route);
      await workbench.answer(payload);
      await Promise.race([workbench.waitForOutput(WIRE, answer, CALL_TIMEOUT_MS), failure]);
    }
    await workbench.showOutput(WIRE);
    console.log(`\n${workbench.outputText(WIRE)}`);
    console.log(`Picture: ${path.relative(process.cwd(), await workbench.screenshot('smoke'))}`);
  } catch (error) {
    console.error(`Picture and logs: ${path.relative(process.cwd(), await workbench.keepEvidence('smoke'))}`);
    throw error;
  } finally {
    done.abort();
  }
}
