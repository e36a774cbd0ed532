import type { Readable } from 'node:stream';

/** In Perl, which every Debian has. Two processes, because each direction must go on when the other one stands still. */
const perl = `
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY);
socket(my $peer, PF_INET, SOCK_STREAM, 0) or exit 1;
connect $peer, sockaddr_in($ARGV[0], INADDR_LOOPBACK) or exit !syswrite STDOUT, "refused\n";
setsockopt $peer, IPPROTO_TCP, TCP_NODELAY, 1;
my $down;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { kill KILL => $down and waitpid $down, 0 if $down; exit };
syswrite STDOUT, "connected $$\n";
sub carry {
  my ($from, $to) = @_;
  sysread $from, my $bytes, 65536 or return;
  for (my $at = 0; $at < length $bytes; ) { $at += syswrite $to, $bytes, 65536, $at or return }
  1
}
pipe my $over, my $alive or exit 1;
defined($down = fork) or exit 1;
if (!$down) { 1 while carry($peer, *STDOUT); exit }
close $alive;
vec(my $either = '', 0, 1) = 1;
vec($either, fileno $over, 1) = 1;
my $ready;
until (select($ready = $either, undef, undef, undef) < 1 || vec $ready, fileno $over, 1) { carry(*STDIN, $peer) or last }
shutdown $peer, 1;
waitpid $down, 0;
`;

/**
 * Looks again and again, because bash does not tell for sure of a child that ends before it is waited for. It cannot
 * shut down one direction: a while after the end of the input it ends the connection.
 */
const bash = `
exec 3<>"/dev/tcp/127.0.0.1/$1" || { echo refused; exit; }
trap 'kill -9 $(jobs -p); wait; exit' TERM
echo "connected $$"
cat <&0 >&3 & up=$!
cat <&3 3>&- & down=$!
exec 9<> <(:)
while kill -0 "$up" && kill -0 "$down"; do read -rt 0.2 -u 9; done
kill -0 "$down" && sleep 1
kill -9 "$up" "$down"
wait
`;

/**
 * Takes what the image has: Debian has Perl, Alpine the nc of BusyBox, others bash at least. No other nc, as they
 * differ in what they do at the end of their input. The first process of the container need not care for what others
 * leave behind: so each relay is one process, or waits for those that it starts.
 */
const sh = `
port=$1
has() { command -v "$1" >/dev/null; }
listens() {
  address=$(printf ':%04X' "$port")
  for table in /proc/net/tcp /proc/net/tcp6; do
    while read -r _ local _ state _; do
      case "$local $state" in *"$address 0A") return ;; esac
    done <"$table"
  done
  return 1
}
has perl && exec perl -e "$2" "$port"
case $(nc --help 2>&1) in
  BusyBox*)
    listens || { echo refused; exit; }
    echo "connected $$"
    exec nc 127.0.0.1 "$port"
    ;;
esac
has bash && exec bash --norc -c "$3" bash "$port"
exit 127
`;

/** The command that joins its stdio to a port of the container it runs in, for every image with a shell. */
export function shellRelay(port: number): readonly string[] {
  return ['sh', '-c', sh, 'sh', String(port), perl, bash];
}

/** The command that ends a relay which the end of its input does not end. */
export function killCommand(pid: string): readonly string[] {
  return ['sh', '-c', 'kill "$1"', 'sh', pid];
}

/** Variables that would load something into a relay, or make it say something. */
export const relayEnvironment: Readonly<Record<string, string>> = {
  BASH_ENV: '',
  ENV: '',
  JAVA_TOOL_OPTIONS: '',
  LD_PRELOAD: '',
  NODE_OPTIONS: '',
  PERL5OPT: '',
  PYTHONINSPECT: '',
  PYTHONPATH: '',
  RUBYOPT: '',
};

export type RelayAnswer =
  /** Its process id in the container, where it says that. */
  | { readonly kind: 'connected'; readonly pid?: string }
  | { readonly kind: 'refused' }
  /** It is not there, or broken. */
  | { readonly kind: 'unable'; readonly words: string };

const answerLimit = 4096;

/** Reads a relay's first line; what follows stays in the stream. Settles also where there is none. */
export async function readRelayAnswer(stdout: Readable): Promise<RelayAnswer> {
  const line = await firstLine(stdout);
  const [, answer, pid] = /^(connected|refused)(?: (\d+))?\n$/.exec(line) ?? [];
  switch (answer) {
    case 'connected':
      return pid === undefined ? { kind: 'connected' } : { kind: 'connected', pid };
    case 'refused':
      return { kind: 'refused' };
    default:
      return { kind: 'unable', words: line.trim() };
  }
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const settle = (end: number): void => {
      stream.off('readable', look).off('end', over).off('close', over);
      if (end < bytes.length) {
        stream.unshift(bytes.subarray(end));
      }
      resolve(bytes.toString('utf8', 0, end));
    };
    const look = (): void => {
      for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
        bytes = Buffer.concat([bytes, chunk]);
        const end = bytes.indexOf('\n') + 1;
        if (end > 0 || bytes.length > answerLimit) {
          settle(end || bytes.length);
          return;
        }
      }
    };
    const over = (): void => settle(bytes.length);
    stream.on('readable', look).on('end', over).on('close', over);
  });
}
