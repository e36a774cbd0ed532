/** A process that serves hot functions in containers by the local endpoint, as the extension host does. */
import { once } from 'node:events';
import process from 'node:process';
import { systemClock } from '../../src/core/clock.ts';
import type { Route } from '../../src/core/route.ts';
import { connectDockerEngine } from '../../src/engines/docker/docker-engine.ts';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { openRunner } from '../open-runner.ts';

export interface OurGatewayStart {
  readonly routes: readonly Route[];
  readonly image: string;
}

const { routes, image }: OurGatewayStart = JSON.parse(process.argv[2] ?? '');
const engine = await connectDockerEngine(
  localSources(),
  { owner: { installation: image, window: 'gateway' }, buildArgs: () => ({}), onBuildLog: () => {} },
  AbortSignal.timeout(10_000),
);
const runner = openRunner(engine, routes, `${image}-gateway`);
const gateway = await startGateway({
  runner,
  routes: () => routes,
  clock: systemClock,
  port: 0,
  allowedHosts: () => [],
  allowedOrigins: () => [],
  token: () => undefined,
  version: 'bench',
  onError: (error) => console.error(error),
});
process.send?.(gateway.address.port);
await once(process, 'disconnect');
await gateway.close();
await runner.close();
await engine.dispose();
process.exit();
