import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HotFunctionsError } from '../../core/errors.ts';
import { jsonField } from './json-field.ts';

/** What decides where the engine is. Passed in, so that nothing here reads this process or this machine by itself. */
export interface EndpointSources {
  /** The user's setting; empty means unset. */
  readonly host?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** Settles with undefined where there is no such file. */
  readFile(path: string): Promise<Buffer | undefined>;
  exists(path: string): Promise<boolean>;
}

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly verify: boolean;
}

export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsMaterial };

export interface EngineEndpoint {
  readonly address: EngineAddress;
  /** For people, such as `unix:///var/run/docker.sock`. */
  readonly url: string;
  /** Who said so, for people, such as `DOCKER_HOST`. */
  readonly origin: string;
}

const windowsPipe = '//./pipe/docker_engine';
const unixSocket = '/var/run/docker.sock';

/** Finds the engine as the docker command does: setting, `DOCKER_HOST`, the current context, the default socket. */
export async function resolveEndpoint(sources: EndpointSources): Promise<EngineEndpoint> {
  const { env } = sources;
  if (sources.host) {
    return parseEndpoint(sources.host, 'the setting', () => environmentTls(sources));
  }
  if (env['DOCKER_HOST']) {
    return parseEndpoint(env['DOCKER_HOST'], 'DOCKER_HOST', () => environmentTls(sources));
  }
  const configFolder = env['DOCKER_CONFIG'] || join(sources.homeFolder, '.docker');
  const context = env['DOCKER_CONTEXT'] || (await currentContext(sources, configFolder));
  if (context && context !== 'default') {
    return contextEndpoint(sources, configFolder, context);
  }
  return defaultEndpoint(sources);
}

type ReadTls = (host: string) => Promise<TlsMaterial | undefined>;

async function parseEndpoint(text: string, origin: string, readTls: ReadTls): Promise<EngineEndpoint> {
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'unix':
      return socketEndpoint(text.slice('unix://'.length) || unixSocket, 'unix://', origin);
    case 'npipe':
      return socketEndpoint(text.slice('npipe://'.length) || windowsPipe, 'npipe://', origin);
    case undefined:
    case 'tcp':
    case 'http':
    case 'https':
      return tcpEndpoint(text, scheme ?? 'tcp', origin, readTls);
    case 'ssh':
      throw unavailable(`${origin} points at ${text}, and ssh hosts are not supported yet.`, {
        hint: 'Forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and use unix:///tmp/docker.sock.',
      });
    default:
      throw unavailable(`${origin} has the value ${text}, which is no address of a Docker Engine.`, {
        hint: 'Use unix://, npipe://, tcp://, http:// or https://.',
      });
  }
}

function socketEndpoint(path: string, scheme: string, origin: string): EngineEndpoint {
  return { address: { kind: 'socket', path }, url: `${scheme}${path}`, origin };
}

async function tcpEndpoint(text: string, scheme: string, origin: string, readTls: ReadTls): Promise<EngineEndpoint> {
  // As tcp, whose default port URL does not know: of http it would hide a port 80 that is there.
  const url = URL.parse(`tcp://${text.replace(/^[a-z]+:\/\//i, '')}`);
  if (!url?.hostname) {
    throw unavailable(`${origin} has the value ${text}, which is no address of a Docker Engine.`, {
      hint: 'Use the form tcp://HOST:PORT.',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const tls = scheme === 'http' ? undefined : await readTls(host);
  const secure = tls ?? (scheme === 'https' ? { verify: true } : undefined);
  const port = Number(url.port) || (secure ? 2376 : 2375);
  return {
    address: secure ? { kind: 'tcp', host, port, tls: secure } : { kind: 'tcp', host, port },
    url: `${secure ? 'https' : scheme}://${url.hostname}:${port}`,
    origin,
  };
}

/** The docker command's own rule: `DOCKER_TLS_VERIFY` turns TLS on, `DOCKER_CERT_PATH` says where its files are. */
async function environmentTls(sources: EndpointSources): Promise<TlsMaterial | undefined> {
  const { env } = sources;
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!verify && !env['DOCKER_CERT_PATH']) {
    return undefined;
  }
  const folder = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || join(sources.homeFolder, '.docker');
  return readTlsFolder(sources, folder, verify);
}

async function readTlsFolder(sources: EndpointSources, folder: string, verify: boolean): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => sources.readFile(join(folder, name))),
  );
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), verify };
}

async function currentContext(sources: EndpointSources, configFolder: string): Promise<string | undefined> {
  const config = parseJson(await sources.readFile(join(configFolder, 'config.json')));
  const name = jsonField(config, 'currentContext');
  return typeof name === 'string' ? name : undefined;
}

async function contextEndpoint(sources: EndpointSources, configFolder: string, name: string): Promise<EngineEndpoint> {
  // The docker command stores a context under the hash of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(configFolder, 'contexts');
  const meta = parseJson(await sources.readFile(join(contexts, 'meta', id, 'meta.json')));
  const docker = jsonField(meta, 'Endpoints', 'docker');
  const host = jsonField(docker, 'Host');
  const origin = `the Docker context "${name}"`;
  if (typeof host !== 'string' || host === '') {
    throw unavailable(`There is no Docker Engine in ${origin}.`, {
      hint: 'See "docker context ls", and choose another one with "docker context use".',
    });
  }
  return parseEndpoint(host, origin, async () => {
    const verify = jsonField(docker, 'SkipTLSVerify') !== true;
    const tls = await readTlsFolder(sources, join(contexts, 'tls', id, 'docker'), verify);
    return tls.ca || tls.cert ? tls : undefined;
  });
}

async function defaultEndpoint(sources: EndpointSources): Promise<EngineEndpoint> {
  const origin = 'the default socket';
  if (sources.platform === 'win32') {
    return socketEndpoint(windowsPipe, 'npipe://', origin);
  }
  const runtimeFolder = sources.env['XDG_RUNTIME_DIR'];
  const candidates = [
    unixSocket,
    ...(runtimeFolder ? [join(runtimeFolder, 'docker.sock')] : []),
    join(sources.homeFolder, '.docker', 'run', 'docker.sock'),
  ];
  for (const path of candidates) {
    if (await sources.exists(path)) {
      return socketEndpoint(path, 'unix://', origin);
    }
  }
  return socketEndpoint(unixSocket, 'unix://', origin);
}

function unavailable(message: string, details: { hint: string }): HotFunctionsError {
  return new HotFunctionsError('engine-unavailable', message, details);
}

/** What is no JSON says nothing about contexts: the docker command's own files are its business to repair. */
function parseJson(text: Buffer | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
