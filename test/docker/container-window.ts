/** A window in a process of its own that starts containers which end for nobody but the engine, until it is killed. */
import process from 'node:process';
import { connectDockerEngine } from '../../src/engines/docker/docker-engine.ts';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { WindowLease } from '../../src/store/window-lease.ts';

const [storageFolder = '', folder = '', image = '', count = '1'] = process.argv.slice(2);
const lease = await WindowLease.take(storageFolder);
const engine = await connectDockerEngine(
  localSources(),
  {
    owner: { installation: lease.installation, window: lease.id },
    buildArgs: () => ({}),
    onBuildLog: () => {},
  },
  AbortSignal.timeout(10_000),
);
const routeId = 'tests/function';
const never = new AbortController().signal;
const prepared = await engine.prepare({ routeId, image, source: { folder } }, () => {}, never);
setInterval(() => {}, 60_000);
for (let number = 1; number <= Number(count); number += 1) {
  const name = `hot-functions-test-${lease.id}-${number}`;
  const spec = { name, routeId, format: 'http', memoryMiB: 32, env: { MODE: 'sleep' } } as const;
  const container = await engine.start(prepared, spec, never);
  container.stdout.resume();
  container.stderr.resume();
  process.send?.({ name });
}
