import type { DebugLanguage } from './debug-language.ts';

const dockerPort = 5005;

/** Java, by JDWP, which the extension for Java speaks. */
export const java: DebugLanguage = {
  id: 'java',
  name: 'Java',

  plan: async (_found, on) => {
    const port = on.engineKind === 'docker' ? dockerPort : await on.freePort();
    // A cold function would be over before anybody attaches; a hot one waits for its first call by itself.
    const suspend = on.format === 'default' ? 'y' : 'n';
    // Quiet: else it says on stdout that it listens, and again after each detach.
    const agent = `-agentlib:jdwp=transport=dt_socket,server=y,suspend=${suspend},quiet=y,address=127.0.0.1:${port}`;
    return {
      alteration: {
        files: [],
        extraMemoryMiB: 64,
        command: ({ argv, env }) => {
          const { JAVA_TOOL_OPTIONS: given, ...rest } = { ...env, ...on.env };
          return { argv, env: { ...rest, JAVA_TOOL_OPTIONS: given ? `${given} ${agent}` : agent } };
        },
      },
      attachment: {
        kind: 'listener',
        port,
        relays: [],
        // Closed before a handshake, a connection changes nothing; after one, its end would let a suspended JVM go on.
        ready: async (open) => {
          (await open()).destroy();
        },
        configuration: (address, { localRoot }) => ({
          type: 'java',
          request: 'attach',
          hostName: address.host,
          port: address.port,
          // Java finds sources by the names of classes.
          sourcePaths: [localRoot],
        }),
        extension: { id: 'vscjava.vscode-java-debug', name: 'Debugger for Java' },
      },
    };
  },

  chatter: /^Picked up JAVA_TOOL_OPTIONS: |^Debugger failed to attach: handshake failed/,
};
