import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm, symlink } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { after, afterEach, before, describe, it } from 'node:test';
import { readRelayAnswer, relayEnvironment, shellRelay } from '../../../../src/engines/docker/relay.ts';
import { until } from '../../../until.ts';

describe("a relay's answer", () => {
  const answerTo = async (...chunks: string[]) => {
    const stdout = new PassThrough();
    const answer = readRelayAnswer(stdout);
    for (const chunk of chunks) {
      stdout.write(chunk);
    }
    stdout.end();
    return await answer;
  };

  it('is read in whatever pieces it comes', async () => {
    assert.deepEqual(await answerTo('con', 'nected', ' 4711\n'), { kind: 'connected', pid: '4711' });
  });

  it('need not have a process id', async () => {
    assert.deepEqual(await answerTo('connected\n'), { kind: 'connected' });
  });

  it('may be that nobody listens', async () => {
    assert.deepEqual(await answerTo('refused\n'), { kind: 'refused' });
  });

  it('leaves what follows it', async () => {
    const stdout = new PassThrough();
    stdout.write('connected\nfirst ');
    await readRelayAnswer(stdout);
    stdout.end('second');
    assert.equal(await textOf(stdout), 'first second');
  });

  it("is none where the engine's words come instead", async () => {
    assert.deepEqual(await answerTo('OCI runtime exec failed: not found\r\n'), {
      kind: 'unable',
      words: 'OCI runtime exec failed: not found',
    });
  });

  it('is none where it ends before it is whole', async () => {
    assert.deepEqual(await answerTo('connected'), { kind: 'unable', words: 'connected' });
  });

  it('is none where it has no end', async () => {
    const { kind } = await answerTo('x'.repeat(5000), 'x');
    assert.equal(kind, 'unable');
  });
});

type Relay = ChildProcessByStdio<Writable, Readable, Readable>;

for (const { program, halfClose } of [
  { program: 'perl', halfClose: true },
  { program: 'bash', halfClose: false },
]) {
  describe(`a relay where there is ${program}`, { skip: process.platform !== 'linux' }, () => {
    let path: string;
    let server: Server;
    let relay: Relay;
    const peers: Socket[] = [];

    before(async () => {
      path = await mkdtemp(join(tmpdir(), 'hot-functions-relay-'));
      for (const name of ['sh', 'cat', 'sleep', program]) {
        await symlink(await programPath(name), join(path, name));
      }
      server = createServer({ allowHalfOpen: true }, (peer) => {
        peers.push(peer);
        peer.on('error', () => {});
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
    });
    afterEach(async () => {
      if (relay.exitCode === null && relay.signalCode === null) {
        relay.kill('SIGTERM');
        await once(relay, 'exit');
      }
      for (const peer of peers.splice(0)) {
        peer.destroy();
      }
    });
    after(async () => {
      server.close();
      await rm(path, { recursive: true });
    });

    const start = (port = (server.address() as AddressInfo).port): Relay => {
      const [file = '', ...args] = shellRelay(port);
      // What a function may have in its environment, and what takes it away.
      const function_ = { BASH_ENV: '/none', LD_PRELOAD: '/none', PERL5OPT: '-MNone' };
      relay = spawn(join(path, file), args, {
        env: { ...function_, ...relayEnvironment, PATH: path },
        stdio: ['pipe', 'pipe', 'pipe'],
        // As an engine starts it.
        detached: true,
      });
      relay.stdin.on('error', () => {});
      relay.stderr.resume();
      return relay;
    };

    const connected = async (): Promise<Socket> => {
      start();
      const { kind } = await readRelayAnswer(relay.stdout);
      assert.equal(kind, 'connected');
      await until(() => peers.length === 1, 'the connection to come');
      const [peer] = peers;
      assert.ok(peer);
      return peer;
    };

    it('carries any bytes both ways at once', async () => {
      const peer = await connected();
      const [up, down] = [randomBytes(1 << 20), randomBytes(1 << 20)];
      relay.stdin.write(up);
      peer.write(down);
      const [atPeer, here] = await Promise.all([take(peer, up.length), take(relay.stdout, down.length)]);
      assert.ok(atPeer.equals(up) && here.equals(down));
    });

    it('ends with the other side, after its last bytes', async () => {
      const peer = await connected();
      peer.end('bye');
      assert.deepEqual([await textOf(relay.stdout), await exitOf(relay)], ['bye', true]);
    });

    if (halfClose) {
      it('passes on the end of its input and goes on', async () => {
        const peer = await connected();
        peer.resume().once('end', () => peer.end('answer'));
        relay.stdin.end();
        assert.equal(await textOf(relay.stdout), 'answer');
      });
    } else {
      it('ends a while after its input', async () => {
        const peer = await connected();
        relay.stdin.end('bye');
        assert.deepEqual([await textOf(peer), await exitOf(relay)], ['bye', true]);
      });
    }

    it('says when nobody listens', async () => {
      const other = createServer();
      await once(other.listen(0, '127.0.0.1'), 'listening');
      const { port } = other.address() as AddressInfo;
      await once(other.close(), 'close');
      start(port);
      assert.deepEqual(await readRelayAnswer(relay.stdout), { kind: 'refused' });
    });

    it('ends with all that it has started when it is told to, stuck or not', async () => {
      await connected();
      const { pid = 0 } = relay;
      const chunk = Buffer.alloc(1 << 20);
      while (relay.stdin.writableLength < 16 << 20) {
        relay.stdin.write(chunk);
      }
      process.kill(pid, 'SIGTERM');
      await exitOf(relay);
      assert.throws(() => process.kill(-pid, 0), { code: 'ESRCH' });
    });
  });
}

async function programPath(name: string): Promise<string> {
  for (const folder of ['/bin', '/usr/bin', '/usr/local/bin']) {
    try {
      await access(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // There are more places to look at.
    }
  }
  throw new Error(`This machine has no ${name}.`);
}

async function take(stream: Readable, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= count) {
      break;
    }
  }
  return Buffer.concat(chunks);
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text;
}

async function exitOf(relay: Relay): Promise<true> {
  if (relay.exitCode === null && relay.signalCode === null) {
    await once(relay, 'exit');
  }
  return true;
}
