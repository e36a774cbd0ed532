import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createClient } from '../../../../src/engines/docker/connect.ts';

describe('the client of an engine', () => {
  it('is spelt out without its connections, which its library does with each request', () => {
    const client = createClient({
      url: 'unix:///engine.sock',
      origin: 'a test',
      address: { kind: 'socket', path: '/engine.sock' },
    });
    const agent: unknown = Reflect.get(client.docker.modem, 'agent');
    assert.equal(inspect({ agent }, { showHidden: true, depth: null }), '{ agent: Agent }');
    client.close();
  });
});
