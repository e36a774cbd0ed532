import path from 'node:path';
import type { CleanUp } from '../clean-up.ts';
import { packageExtension } from '../package.ts';
import { ensureCodeServer } from '../setup/code-server.ts';
import { Profile } from '../vscode/profile.ts';
import { CodeServer, installExtension } from '../vscode/server.ts';
import type { ExamplesEngine } from './engine.ts';

/** Serves a VS Code with the packaged extension to any browser of this machine, until it is stopped. */
export async function serveInBrowser(folder: string, engine: ExamplesEngine, cleanUp: CleanUp): Promise<void> {
  const vsix = await packageExtension();
  await ensureCodeServer();
  const profile = new Profile(engine.settings);
  cleanUp.add(() => profile.remove());
  const options = {
    userDataDirectory: profile.userDataDirectory,
    extensionsDirectory: profile.extensionsDirectory,
    stateDirectory: path.join(profile.directory, 'server'),
    env: engine.env,
  };
  installExtension(vsix, options);
  const server = await CodeServer.start(options, cleanUp);
  console.log(`\nVS Code on the examples: ${server.url(folder)}\nCtrl-C ends it.`);
  await server.ended;
}
