import { HotFunctionsError } from '../../core/errors.ts';
import type { DebugLanguage } from './debug-language.ts';
import { librariesFolder, portableDebugpy } from './portable-debugpy.ts';
import { interpreterRelay, pythonInterpreter } from './relays.ts';

const dockerPort = 5678;
const portVariable = 'HOT_FUNCTIONS_DEBUGPY';
const givenPathVariable = 'HOT_FUNCTIONS_PYTHONPATH';
const missingLine = 'hot-functions: no debugpy';

/**
 * Python imports it before the function. It takes itself out of the environment and the path, lets the site's own
 * module of that name run, and waits for the debugger. pydevd answers as the adapter in the function's own process:
 * the usual one is a process that leaves the function's group and keeps its stdout open when the function has ended.
 */
const sitecustomize = `import os, sys

def load_given():
    # The site's own module of this name, which this one hides.
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    own = sys.modules.pop('sitecustomize', None)
    try:
        import sitecustomize
    except ImportError as error:
        if error.name != 'sitecustomize':
            raise
        sys.modules['sitecustomize'] = own

def is_launcher():
    # These start the Python of the function, with this environment.
    words = [os.path.basename(word) for word in getattr(sys, 'orig_argv', [])[1:]]
    script = words[1] if words[:1] == ['-m'] and len(words) > 1 else words[0] if words else ''
    return script in ('poetry', 'pipenv', 'pdm', 'hatch', 'uv', 'rye', 'pip', 'dotenv', 'watchmedo')

def debug(port):
    given = os.environ.pop('${givenPathVariable}', None)
    os.environ.pop('PYTHONPATH', None)
    if given:
        os.environ['PYTHONPATH'] = given
    validated = 'PYDEVD_DISABLE_FILE_VALIDATION' in os.environ
    # Silences a warning about frozen modules; those are not the function's.
    os.environ.setdefault('PYDEVD_DISABLE_FILE_VALIDATION', '1')
    # What this machine has, for want of its own.
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '${librariesFolder}'))
    try:
        import debugpy.server.api
    except ImportError as error:
        sys.stderr.write('${missingLine} in %s %d.%d: %s\\n' % (sys.executable, *sys.version_info[:2], error))
        sys.stderr.flush()
        os._exit(1)
    address = ('127.0.0.1', int(port))
    debugpy.configure(subProcess=False)
    try:
        debugpy.listen(address, in_process_debug_adapter=True)
    except TypeError:
        # Older ones know the adapter as a process only.
        debugpy.listen(address)
    if not validated:
        del os.environ['PYDEVD_DISABLE_FILE_VALIDATION']
    debugpy.wait_for_client()

load_given()
if '${portVariable}' in os.environ and not is_launcher():
    debug(os.environ.pop('${portVariable}'))
`;

/** Python, by debugpy. */
export const python: DebugLanguage = {
  id: 'python',
  name: 'Python',

  plan: async (found, on) => {
    const [port, libraries] = await Promise.all([
      on.engineKind === 'docker' ? dockerPort : on.freePort(),
      portableDebugpy(),
    ]);
    const separator = process.platform === 'win32' && on.engineKind === 'process' ? ';' : ':';
    return {
      alteration: {
        files: [{ name: 'sitecustomize.py', bytes: Buffer.from(sitecustomize) }, ...libraries],
        extraMemoryMiB: 96,
        command: ({ argv, env }, folder) => {
          const { PYTHONPATH: given, ...rest } = { ...env, ...on.env };
          return {
            argv,
            env: {
              ...rest,
              PYTHONPATH: given ? `${folder}${separator}${given}` : folder,
              [portVariable]: String(port),
              ...(given ? { [givenPathVariable]: given } : {}),
            },
          };
        },
      },
      attachment: {
        kind: 'dap',
        port,
        relays: interpreterRelay(found.argv, pythonInterpreter, port),
        request: 'attach',
        attachArguments: ({ localRoot, remoteRoot }) => ({
          justMyCode: true,
          subProcess: false,
          pathMappings: [{ localRoot, remoteRoot }],
        }),
      },
    };
  },

  explain: (stderr) => {
    const [, where] = new RegExp(`^${missingLine} in (.*)$`, 'm').exec(stderr) ?? [];
    return where === undefined
      ? undefined
      : new HotFunctionsError('debugger-missing', `The function's Python has no debugpy: ${where}.`, {
          hint: 'Add to its Dockerfile: RUN pip install debugpy. On this machine: python3 -m pip install debugpy.',
        });
  },

  // pydevd says the time since its start before each of its lines.
  chatter: /^\d+\.\d\ds - /,
};
