import { HotFunctionsError } from '../../core/errors.ts';
import type { DebugLanguage } from './debug-language.ts';

const folderVariable = 'HOT_FUNCTIONS_PHP';
const extension = { id: 'xdebug.php-debug', name: 'PHP Debug' };

const settings = `auto_prepend_file = "\${${folderVariable}}/hot-functions-wait.php"
xdebug.mode = debug
xdebug.start_with_request = trigger
xdebug.log_level = 0
`;

/** Xdebug connects to the editor, which may not listen yet. */
const waitForEditor = `<?php
if (!function_exists('xdebug_connect_to_client')) {
    fwrite(STDERR, "hot-functions: no Xdebug 3.1 in PHP " . PHP_VERSION . "\\n");
    exit(1);
}
putenv('${folderVariable}');
while (!xdebug_is_debugger_active()) {
    @xdebug_connect_to_client();
    usleep(50000);
}
`;

/** PHP, by Xdebug, which the extension for it speaks. */
export const php: DebugLanguage = {
  id: 'php',
  name: 'PHP',

  plan: async (_found, on) => {
    if (on.engineKind === 'docker') {
      throw new HotFunctionsError(
        'debugger-unreachable',
        'Xdebug connects from the container to the editor, and functions in Docker reach no editor.',
        { hint: `Debug it on the process engine, with Xdebug 3.1 or later on this machine and ${extension.id}.` },
      );
    }
    const port = await on.freePort();
    return {
      alteration: {
        files: [
          { name: 'hot-functions.ini', bytes: Buffer.from(settings) },
          { name: 'hot-functions-wait.php', bytes: Buffer.from(waitForEditor) },
        ],
        extraMemoryMiB: 32,
        command: ({ argv, env }, folder) => {
          const { PHP_INI_SCAN_DIR: given = '', ...rest } = { ...env, ...on.env };
          const separator = process.platform === 'win32' ? ';' : ':';
          return {
            argv,
            env: {
              ...rest,
              // Its empty part stands for the folder that was compiled in.
              PHP_INI_SCAN_DIR: `${given}${separator}${folder}`,
              [folderVariable]: folder,
              XDEBUG_CONFIG: `client_host=127.0.0.1 client_port=${port}`,
            },
          };
        },
      },
      attachment: {
        kind: 'listener',
        port,
        relays: [],
        // It listens itself, on the port that the function knocks at until it does.
        configuration: (_address, { localRoot, remoteRoot }) => ({
          type: 'php',
          request: 'launch',
          hostname: '127.0.0.1',
          port,
          maxConnections: 1,
          pathMappings: { [remoteRoot]: localRoot },
        }),
        extension,
      },
    };
  },

  explain: (stderr) => {
    const [, where] = /^hot-functions: no Xdebug 3\.1 in (.*)$/m.exec(stderr) ?? [];
    return where === undefined
      ? undefined
      : new HotFunctionsError('debugger-missing', `The function's PHP has no Xdebug: ${where}.`, {
          hint: 'Install it: pecl install xdebug; Debian has it in php-xdebug.',
        });
  },
};
