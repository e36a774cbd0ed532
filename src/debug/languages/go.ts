import type { InjectedFile } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { DebugLanguage } from './debug-language.ts';
import { findDelve, portableDelve } from './delve.ts';
import { baseName } from './relays.ts';
import { buildRelay } from './static-relay.ts';

const dockerPort = 2345;
const relayName = 'hot-functions-relay';
const shells = /^(sh|bash|ash|dash|zsh|busybox)$/;

const addDelve =
  'Add to the build stage of its Dockerfile: RUN CGO_ENABLED=0 go install github.com/go-delve/delve/cmd/dlv@latest. ' +
  'And to its last stage: COPY --from=build /go/bin/dlv /usr/local/bin/dlv.';

interface Delve {
  readonly files: readonly InjectedFile[];
  /** Words that run it, of the folder of `files`. */
  readonly words: (folder: string) => readonly string[];
}

/** Go, by Delve: it starts the program, which waits for its first breakpoints. */
export const go: DebugLanguage = {
  id: 'go',
  name: 'Go',

  plan: async (found, on) => {
    assertProgram(found.argv);
    const inDocker = on.engineKind === 'docker';
    const [port, delve, relay] = await Promise.all([
      inDocker ? dockerPort : on.freePort(),
      inDocker ? delveForContainer() : delveOfMachine(),
      inDocker ? buildRelay(on.storageFolder) : undefined,
    ]);
    let relayPath: string | undefined;
    return {
      alteration: {
        files: [...delve.files, ...(relay ? [{ name: relayName, bytes: relay, executable: true } as const] : [])],
        // Delve keeps the debug information of the whole program.
        extraMemoryMiB: 256,
        command: ({ argv, env }, folder) => {
          relayPath = relay && `${folder}/${relayName}`;
          const [program = '', ...args] = argv;
          return {
            argv: [...delve.words(folder), ...delveArguments(program, port), '--', ...args],
            env: { ...env, ...on.env },
          };
        },
      },
      attachment: {
        kind: 'dap',
        port,
        // The folder is known when the start has been altered.
        get relays() {
          return relayPath === undefined ? [] : [[relayPath, String(port)]];
        },
        request: 'attach',
        attachArguments: ({ localRoot, remoteRoot }) => ({
          mode: 'remote',
          substitutePath: [{ from: localRoot, to: remoteRoot }],
        }),
      },
    };
  },

  explain: (stderr, error) => {
    if (/could not open debug info/.test(stderr)) {
      return missing('The program has no debug information.', 'Build it without -ldflags "-s -w", which strips it.');
    }
    const [, why] = /could not launch process: (.*)/.exec(stderr) ?? [];
    if (why !== undefined) {
      return new HotFunctionsError('debugger-unreachable', `Delve cannot start the program: ${why}.`, {
        hint: 'ENTRYPOINT has to name the program by its path; where tracing is not permitted, so has the engine to.',
      });
    }
    const words = error instanceof Error ? error.message : '';
    return /\bdlv\b/.test(words) && /not found|no such file|exec format/i.test(words)
      ? missing("The function's image has no Delve.", addDelve, error)
      : undefined;
  },

  chatter: /^API server listening at: |^\d{4}-\d\d-\d\dT\S+ (error|warning) layer=|^debugserver-/,
};

// Single client: with several, breakpoints of one that has gone stay, and the next call hangs on them.
function delveArguments(program: string, port: number): readonly string[] {
  // Its first words would otherwise go to stdout.
  const quiet = '--log-dest=2';
  return [
    'exec',
    program,
    '--headless',
    `--listen=127.0.0.1:${port}`,
    '--api-version=2',
    quiet,
    '--check-go-version=false',
  ];
}

/** Delve starts programs; which one a script would start it cannot know. */
function assertProgram([program = '']: readonly string[]): void {
  if (shells.test(baseName(program))) {
    throw new HotFunctionsError('debugger-unreachable', `Delve cannot debug through ${program}.`, {
      hint: 'Let the ENTRYPOINT of its image, or "entrypoint" in func.yaml, name the program itself.',
    });
  }
}

async function delveOfMachine(): Promise<Delve> {
  const path = await findDelve();
  if (path === undefined) {
    throw missing(
      'Delve, the debugger of Go, is not on this machine.',
      'Install it: go install github.com/go-delve/delve/cmd/dlv@latest.',
    );
  }
  return { files: [], words: () => [path] };
}

/** This machine's own where it would run in a container, so that no image has to have one; else the image's. */
async function delveForContainer(): Promise<Delve> {
  return (await portableDelve()) ?? { files: [], words: () => ['dlv'] };
}

function missing(message: string, hint: string, cause?: unknown): HotFunctionsError {
  return new HotFunctionsError('debugger-missing', message, { hint, cause });
}
