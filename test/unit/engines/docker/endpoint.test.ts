import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type EndpointSources, resolveEndpoint } from '../../../../src/engines/docker/endpoint.ts';

interface Machine {
  readonly host?: string;
  readonly env?: Record<string, string>;
  readonly platform?: NodeJS.Platform;
  readonly files?: Record<string, string>;
}

function sources({ files = {}, env = {}, platform = 'linux', host }: Machine): EndpointSources {
  return {
    ...(host !== undefined && { host }),
    env,
    platform,
    homeFolder: '/home/me',
    readFile: async (path) => {
      const text = files[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    exists: async (path) => path in files,
  };
}

const resolve = (machine: Machine) => resolveEndpoint(sources(machine));

function contextFiles(name: string, docker: object): Record<string, string> {
  const id = createHash('sha256').update(name).digest('hex');
  return {
    '/home/me/.docker/config.json': JSON.stringify({ currentContext: name }),
    [`/home/me/.docker/contexts/meta/${id}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker } }),
  };
}

describe('resolveEndpoint', () => {
  it('takes the setting before everything else', async () => {
    assert.deepEqual(await resolve({ host: 'unix:///set.sock', env: { DOCKER_HOST: 'unix:///env.sock' } }), {
      address: { kind: 'socket', path: '/set.sock' },
      url: 'unix:///set.sock',
      origin: 'the setting',
    });
  });

  it('takes DOCKER_HOST before the current context', async () => {
    const machine = {
      env: { DOCKER_HOST: 'unix:///env.sock' },
      files: contextFiles('colima', { Host: 'unix:///colima.sock' }),
    };
    assert.deepEqual(await resolve(machine), {
      address: { kind: 'socket', path: '/env.sock' },
      url: 'unix:///env.sock',
      origin: 'DOCKER_HOST',
    });
  });

  it('takes the current context before the default socket', async () => {
    const files = { ...contextFiles('colima', { Host: 'unix:///colima.sock' }), '/var/run/docker.sock': '' };
    assert.deepEqual(await resolve({ files }), {
      address: { kind: 'socket', path: '/colima.sock' },
      url: 'unix:///colima.sock',
      origin: 'the Docker context "colima"',
    });
  });

  it('takes DOCKER_CONTEXT before the context of the configuration', async () => {
    const files = { ...contextFiles('other', { Host: 'unix:///other.sock' }), ...contextFiles('colima', {}) };
    const endpoint = await resolve({ env: { DOCKER_CONTEXT: 'other' }, files });
    assert.equal(endpoint.url, 'unix:///other.sock');
  });

  it('reads contexts where DOCKER_CONFIG says', async () => {
    const files = Object.fromEntries(
      Object.entries(contextFiles('far', { Host: 'tcp://far:2375' })).map(([path, text]) => [
        path.replace('/home/me/.docker', '/elsewhere'),
        text,
      ]),
    );
    const endpoint = await resolve({ env: { DOCKER_CONFIG: '/elsewhere' }, files });
    assert.equal(endpoint.url, 'tcp://far:2375');
  });

  it('uses the TLS files of a context', async () => {
    const id = createHash('sha256').update('far').digest('hex');
    const tls = `/home/me/.docker/contexts/tls/${id}/docker`;
    const files = {
      ...contextFiles('far', { Host: 'tcp://far:2376', SkipTLSVerify: true }),
      [`${tls}/ca.pem`]: 'ca',
      [`${tls}/cert.pem`]: 'cert',
      [`${tls}/key.pem`]: 'key',
    };
    assert.deepEqual((await resolve({ files })).address, {
      kind: 'tcp',
      host: 'far',
      port: 2376,
      tls: { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key'), verify: false },
    });
  });

  it('takes the context "default" for the default socket', async () => {
    const files = { '/home/me/.docker/config.json': '{"currentContext":"default"}', '/var/run/docker.sock': '' };
    assert.equal((await resolve({ files })).origin, 'the default socket');
  });

  it('says which context has no engine', async () => {
    await assert.rejects(resolve({ env: { DOCKER_CONTEXT: 'gone' } }), {
      code: 'engine-unavailable',
      message: 'There is no Docker Engine in the Docker context "gone".',
    });
  });

  it('takes a configuration that is no JSON for none', async () => {
    const files = { '/home/me/.docker/config.json': '{', '/var/run/docker.sock': '' };
    assert.equal((await resolve({ files })).url, 'unix:///var/run/docker.sock');
  });

  for (const [where, machine, url] of [
    ['the system socket', { files: { '/var/run/docker.sock': '' } }, 'unix:///var/run/docker.sock'],
    [
      'a rootless socket',
      { env: { XDG_RUNTIME_DIR: '/run/user/7' }, files: { '/run/user/7/docker.sock': '' } },
      'unix:///run/user/7/docker.sock',
    ],
    [
      'the socket of Docker Desktop',
      { files: { '/home/me/.docker/run/docker.sock': '' } },
      'unix:///home/me/.docker/run/docker.sock',
    ],
    ['the system socket even if it is not there', {}, 'unix:///var/run/docker.sock'],
    ['the pipe on Windows', { platform: 'win32' as const }, 'npipe:////./pipe/docker_engine'],
  ] as const) {
    it(`finds ${where} by default`, async () => {
      assert.equal((await resolve(machine)).url, url);
    });
  }

  for (const [host, address] of [
    ['tcp://box:1234', { kind: 'tcp', host: 'box', port: 1234 }],
    ['tcp://box', { kind: 'tcp', host: 'box', port: 2375 }],
    ['http://box:80', { kind: 'tcp', host: 'box', port: 80 }],
    ['https://box:443', { kind: 'tcp', host: 'box', port: 443, tls: { verify: true } }],
    ['box:2375', { kind: 'tcp', host: 'box', port: 2375 }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
    ['npipe:////./pipe/engine', { kind: 'socket', path: '//./pipe/engine' }],
  ] as const) {
    it(`understands ${host}`, async () => {
      assert.deepEqual((await resolve({ host })).address, address);
    });
  }

  it('uses TLS with DOCKER_TLS_VERIFY, from the files in DOCKER_CERT_PATH', async () => {
    const env = { DOCKER_HOST: 'tcp://box', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    const files = { '/certs/ca.pem': 'ca', '/certs/cert.pem': 'cert', '/certs/key.pem': 'key' };
    assert.deepEqual(await resolve({ env, files }), {
      address: {
        kind: 'tcp',
        host: 'box',
        port: 2376,
        tls: { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key'), verify: true },
      },
      url: 'https://box:2376',
      origin: 'DOCKER_HOST',
    });
  });

  for (const host of ['ssh://me@box', 'gopher://box', 'tcp://']) {
    it(`refuses ${host} by its name`, async () => {
      await assert.rejects(resolve({ host }), (error: Error) => {
        assert.equal(Reflect.get(error, 'code'), 'engine-unavailable');
        assert.ok(error.message.includes(host), error.message);
        return true;
      });
    });
  }
});
