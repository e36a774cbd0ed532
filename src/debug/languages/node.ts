import { HotFunctionsError } from '../../core/errors.ts';
import type { DebugLanguage, ListenerAttachment, Relays } from './debug-language.ts';
import { inspectorTarget } from './inspector-endpoint.ts';
import { givenOptionsVariable, portVariable, preload } from './node-guard.ts';
import { inspectorPort, openInspector } from './node-in-place.ts';
import { interpreterRelay, nodeInterpreter } from './relays.ts';

const preloadName = 'hot-functions-preload.cjs';

/** Node, by its inspector and the JavaScript debugger that VS Code has. */
export const node: DebugLanguage = {
  id: 'node',
  name: 'Node.js',

  plan: async (found, on) => {
    const port = on.engineKind === 'docker' ? inspectorPort : await on.freePort();
    return {
      alteration: {
        files: [{ name: preloadName, bytes: Buffer.from(preload) }],
        extraMemoryMiB: 64,
        command: ({ argv, env }, folder) => {
          const { NODE_OPTIONS: given, ...rest } = { ...env, ...on.env };
          // Quoted for folders with spaces. A backslash would be an escape there; Windows takes slashes too.
          const require = `--require "${folder.replaceAll('\\', '/')}/${preloadName}"`;
          const options = given ? `${given} ${require}` : require;
          const own = { NODE_OPTIONS: options, [portVariable]: String(port) };
          return { argv, env: { ...rest, ...own, ...(given ? { [givenOptionsVariable]: given } : {}) } };
        },
      },
      attachment: attachment(port, interpreterRelay(found.argv, nodeInterpreter, port)),
    };
  },

  explain: (stderr) => {
    const [, why] = /Starting inspector on \S+ failed: (.*)/.exec(stderr) ?? [];
    return why === undefined
      ? undefined
      : new HotFunctionsError('debugger-unreachable', `Node cannot open its inspector: ${why}.`, {
          hint: 'Debug it again: another port is taken.',
        });
  },

  chatter: /^(Debugger (listening on|attached|ending)|For help, see: https:\/\/nodejs|Waiting for the debugger)/,

  attachInPlace: async (live, signal) => attachment(inspectorPort, await openInspector(live, signal)),
};

function attachment(port: number, relays: Relays): ListenerAttachment {
  return {
    kind: 'listener',
    port,
    relays,
    ready: async (open) => {
      await inspectorTarget(await open());
    },
    configuration: (address, { localRoot, remoteRoot }) => ({
      type: 'node',
      request: 'attach',
      address: address.host,
      port: address.port,
      localRoot,
      remoteRoot,
      outFiles: [`${localRoot}/**/*.(m|c|)js`, '!**/node_modules/**'],
      skipFiles: ['<node_internals>/**', `**/${preloadName}`],
      // What the function starts has no inspector, and looking for some would add to its environment.
      autoAttachChildProcesses: false,
      attachExistingChildren: false,
      restart: false,
    }),
  };
}
