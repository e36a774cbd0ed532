import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { countProcesses } from '../runner/count-processes.ts';
import { probeFolder, type RealEngine } from '../runner/real-engine.ts';
import { connectEngine, directClient } from './engine-under-test.ts';

/** @param dockerHost where the engine is reached; by default as DOCKER_HOST says */
export async function dockerForRunner(dockerHost?: string): Promise<RealEngine> {
  const name = `hot-functions-test-${randomUUID().slice(0, 8)}`;
  const buildLog: string[] = [];
  const folder = await probeFolder();
  const engine = await connectEngine(name, buildLog, {}, dockerHost);
  return {
    engine,
    name,
    folder,
    buildLog,
    countAlive: async () => {
      const filters = { label: [`dev.hot-functions.installation=${name}`] };
      return (await directClient().listContainers({ all: true, filters })).length;
    },
    // Those in it are known by their control group, the one that watches it by its arguments.
    countProcesses: (engineIds) =>
      countProcesses(async (pid) => {
        const about = await Promise.all(['cgroup', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
        const ids = about.join().match(/[0-9a-f]{64}/g) ?? [];
        return ids.some((id) => engineIds.has(id));
      }),
    freeze: async (engineId) => {
      await directClient().getContainer(engineId).pause();
    },
    strike: (engineId) =>
      directClient()
        .getContainer(engineId)
        .kill({ signal: 'SIGKILL' })
        .catch(() => {}),
    // Who has sent a SIGKILL the engine cannot tell; the kernel, as a rule.
    struck: { before: 'out-of-memory', within: 'out-of-memory' },
    close: async () => {
      await engine.dispose();
      const docker = directClient();
      for (const image of await docker.listImages({ filters: { reference: [`${name}/*`] } })) {
        await docker.getImage(image.Id).remove({ force: true });
      }
      await rm(folder, { recursive: true });
    },
  };
}
