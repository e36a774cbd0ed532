import type { ContainerSnapshot } from '../core/pool/container-snapshot.ts';
import type { Runner } from '../core/runner.ts';

/** Without the one whose `gone` is just being told of: its pool forgets it a moment later. */
export function aliveContainers(runner: Runner): readonly ContainerSnapshot[] {
  return runner.containers().filter(({ state }) => state.kind !== 'gone');
}
