import { request } from 'node:http';
import process from 'node:process';

/**
 * The engine that the user has named in DOCKER_HOST, else the one on the default socket if it answers.
 *
 * @throws when the named one does not answer: to go on with another would surprise whoever has named it
 */
export async function answeringDockerHost(): Promise<string | undefined> {
  const named = process.env['DOCKER_HOST'];
  if (named !== undefined && named !== '') {
    if (!(await answers(named))) {
      throw new Error(`No Docker Engine answers at DOCKER_HOST=${named}. Start it, or unset the variable.`);
    }
    return named;
  }
  const byDefault = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
  return (await answers(byDefault)) ? byDefault : undefined;
}

export function answers(dockerHost: string): Promise<boolean> {
  const url = new URL(dockerHost);
  if (url.protocol === 'ssh:' || process.env['DOCKER_TLS_VERIFY']) {
    // Only a full client can ask these; they were named by the user.
    return Promise.resolve(true);
  }
  const address =
    url.protocol === 'tcp:' ? { host: url.hostname, port: url.port || 2375 } : { socketPath: url.pathname };
  return new Promise((resolve) => {
    const ping = request({ ...address, path: '/_ping', timeout: 3000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(false));
    ping.end();
  });
}
