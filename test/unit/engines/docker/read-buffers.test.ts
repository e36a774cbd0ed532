import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import { createServer as createTlsServer, Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { reuseReadBuffers } from '../../../../src/engines/docker/read-buffers.ts';
import { until } from '../../../until.ts';

const upgraded = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

/** TLS by a key that both sides have: without a certificate there is none to make or to keep. */
const shared = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const psk = Buffer.from('known to both');
const ways = {
  'in plain': { agent: () => new Agent({ keepAlive: true }), createServer, request },
  'by TLS': {
    agent: () =>
      new TlsAgent({
        ...shared,
        keepAlive: true,
        pskCallback: () => ({ psk, identity: 'us' }),
        checkServerIdentity: () => undefined,
      }),
    createServer: (listener: Parameters<typeof createServer>[1]) =>
      createTlsServer({ ...shared, pskCallback: () => psk }, listener),
    request: tlsRequest,
  },
};

for (const [what, way] of Object.entries(ways)) {
  describe(`a connection ${what} that reads into a buffer of its own`, () => {
    let server: Server;
    let agent: Agent;
    const open: Duplex[] = [];
    beforeEach(async () => {
      agent = way.agent();
      reuseReadBuffers(agent);
      server = way.createServer((_req, res) => res.end('an answer'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => {
      for (const socket of open.splice(0)) {
        socket.destroy();
      }
      agent.destroy();
      server.close();
      server.closeAllConnections();
    });

    function ask(headers: Record<string, string>) {
      const { port } = server.address() as AddressInfo;
      return way.request({ port, host: '127.0.0.1', agent, headers }).end();
    }

    /** Both ends of a connection that is no HTTP any more. */
    async function hijacked(): Promise<{ readonly ours: Socket; readonly theirs: Duplex; readonly head: Buffer }> {
      const taken = once(server, 'upgrade');
      const answered = once(ask({ Connection: 'Upgrade', Upgrade: 'tcp' }), 'upgrade');
      const [, theirs] = await taken;
      theirs.write(`${upgraded}first`);
      const [, ours, head] = await answered;
      open.push(ours, theirs);
      assert.ok(ours instanceof Socket);
      return { ours, theirs, head };
    }

    it('gives answers as others do', async () => {
      for (const _ of [1, 2]) {
        const [response]: IncomingMessage[] = await once(ask({}), 'response');
        assert.equal(response && (await text(response)), 'an answer');
      }
    });

    it('gives what came with the head of the answer, and what came before anybody read', async () => {
      const { ours, theirs, head } = await hijacked();
      theirs.write('second');
      await until(() => ours.bytesRead >= `${upgraded}firstsecond`.length, 'all to have come');
      theirs.end('third');
      assert.equal(`${head}${await text(ours)}`, 'firstsecondthird');
    });

    it('gives bytes that later ones do not change', async () => {
      const { ours, theirs } = await hijacked();
      const chunks: Buffer[] = [];
      ours.on('data', (chunk: Buffer) => chunks.push(chunk));
      const sent = [...Array(200).keys()].map((at) => Buffer.alloc(at % 7 === 0 ? 100_000 : 1 + at, at));
      for (const bytes of sent) {
        theirs.write(bytes);
        await turn();
      }
      theirs.end();
      await once(ours, 'end');
      assert.ok(Buffer.concat(chunks).equals(Buffer.concat(sent)));
    });

    it('is not read while its reader pauses', async () => {
      const { ours, theirs } = await hijacked();
      const sent = Buffer.alloc(64 * 1024 * 1024, 'x');
      let received = 0;
      ours.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      theirs.end(sent);
      await once(ours, 'data');
      ours.pause();
      const read = ours.bytesRead;
      for (let turns = 0; turns < 500; turns += 1) {
        await turn();
      }
      assert.ok(ours.bytesRead - read < 1024 * 1024, `${ours.bytesRead - read} bytes were read`);
      ours.resume();
      await once(ours, 'end');
      assert.equal(received, sent.length);
    });
  });
}
