import type Dockerode from 'dockerode';
import { createClient } from './connect.ts';
import { containerLabels } from './create-body.ts';
import { removeContainer } from './docker-container.ts';
import { type EndpointSources, resolveEndpoint } from './endpoint.ts';
import { EngineRequests } from './engine-requests.ts';

const listLimitMs = 15_000;
const removedAtOnce = 4;

/**
 * Removes the containers of this installation whose window is not there any more, in whatever state, and settles with
 * their number. Throws where the engine does not answer.
 */
export async function removeOrphanContainers(
  sources: EndpointSources,
  installation: string,
  liveWindows: () => Promise<ReadonlySet<string>>,
): Promise<number> {
  const client = createClient(await resolveEndpoint(sources));
  const requests = new EngineRequests(client.docker, client.endpoint.url);
  try {
    const found = await containersOf(requests, installation);
    if (found.length === 0) {
      return 0;
    }
    // Asked only now: a window has its lease before it has a container, so one without a lease has ended.
    const live = await liveWindows();
    const orphans = found.filter(({ Labels }) => !live.has(Labels[containerLabels.window] ?? ''));
    return await removeAll(requests, orphans);
  } finally {
    requests.close();
    client.close();
  }
}

async function containersOf(requests: EngineRequests, installation: string): Promise<Dockerode.ContainerInfo[]> {
  const filters = { label: [`${containerLabels.installation}=${installation}`] };
  const found = await requests.limited(listLimitMs, (abortSignal) =>
    requests.docker.listContainers({ all: true, filters, abortSignal }),
  );
  // What an engine makes of a filter that it does not understand must not decide what is removed.
  return found.filter(({ Labels }) => Labels?.[containerLabels.installation] === installation);
}

async function removeAll(requests: EngineRequests, containers: readonly Dockerode.ContainerInfo[]): Promise<number> {
  const waiting = [...containers];
  let removed = 0;
  const removeInTurn = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const isGone = await removeContainer(requests, next.Id);
      // Only now: others count meanwhile.
      removed += isGone ? 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: removedAtOnce }, removeInTurn));
  return removed;
}
