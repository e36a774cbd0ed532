import type { Relays } from './debug-language.ts';

/**
 * The function's own interpreter as a relay, as the function names it: an image without a shell may have no other
 * program, and no path by which it is found. What each prints is the first line that `ContainerAccess.connect` expects.
 */
export function interpreterRelay(argv: readonly string[], interpreter: Interpreter, port: number): Relays {
  const program = programIn(argv, interpreter);
  return program === undefined ? [] : [[program, ...interpreter.relay, String(port)]];
}

export interface Interpreter {
  /** The base name of its program, versioned or not. */
  readonly names: RegExp;
  /** Its arguments; the port follows. None of the function's environment may load anything here. */
  readonly relay: readonly string[];
}

/** The word of a command that runs an interpreter: the first one, or one behind a wrapper such as an entrypoint script. */
function programIn(argv: readonly string[], { names }: Interpreter): string | undefined {
  return argv.find((word) => names.test(baseName(word)));
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

export const nodeInterpreter: Interpreter = {
  names: /^node(js)?(\d+)?(\.exe)?$/,
  relay: [
    '-e',
    `const socket = require('net').connect(+process.argv[1], '127.0.0.1');
socket.on('connect', () => {
  process.stdout.write('connected ' + process.pid + '\\n');
  process.stdin.pipe(socket).pipe(process.stdout);
  process.stdin.on('end', () => setTimeout(process.exit, 1000));
});
socket.on('error', () => process.stdout.write('refused\\n'));
socket.on('close', () => process.exit());`,
  ],
};

export const pythonInterpreter: Interpreter = {
  names: /^python[\d.]*(\.exe)?$/,
  relay: [
    // Isolated: what PYTHONPATH names is for the function.
    '-IS',
    '-c',
    `import os, socket, sys, threading
try:
    link = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
except OSError:
    os.write(1, b'refused\\n')
    sys.exit()
os.write(1, b'connected %d\\n' % os.getpid())
def send():
    for data in iter(lambda: os.read(0, 65536), b''):
        link.sendall(data)
    link.shutdown(socket.SHUT_RDWR)
threading.Thread(target=send, daemon=True).start()
for data in iter(lambda: link.recv(65536), b''):
    while data:
        data = data[os.write(1, data):]
os._exit(0)`,
  ],
};

export const rubyInterpreter: Interpreter = {
  names: /^ruby[\d.]*(\.exe)?$/,
  relay: [
    '--disable=rubyopt',
    '--disable=gems',
    '-rsocket',
    '-e',
    `$stdout.sync = true
begin
  link = TCPSocket.new('127.0.0.1', ARGV[0].to_i)
rescue SystemCallError
  $stdout.write("refused\\n")
  exit!
end
$stdout.write("connected #{$$}\\n")
Thread.new { IO.copy_stream($stdin, link) rescue nil; exit! }
IO.copy_stream(link, $stdout) rescue nil
exit!`,
  ],
};
