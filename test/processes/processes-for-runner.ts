import { randomUUID } from 'node:crypto';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessEngine } from '../../src/engines/process/process-engine.ts';
import { countProcesses } from '../runner/count-processes.ts';
import { probeFolder, type RealEngine } from '../runner/real-engine.ts';

export async function processesForRunner(): Promise<RealEngine> {
  const folder = await probeFolder();
  const buildLog: string[] = [];
  const engine = new ProcessEngine({
    env: process.env,
    platform: process.platform,
    execPath: process.execPath,
    storageFolder: join(folder, 'storage'),
    onBuildLog: (_routeId, line) => buildLog.push(line),
  });
  return {
    engine,
    name: `hot-functions-test-${randomUUID().slice(0, 8)}`,
    folder,
    buildLog,
    countAlive: () => countProcesses(async (pid) => (await readlink(`/proc/${pid}/exe`)) === join(folder, 'probe')),
    countProcesses: (engineIds) =>
      countProcesses(async (pid) => {
        const [, , group = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
        return engineIds.has(group);
      }),
    freeze: async (engineId) => signal(engineId, 'SIGSTOP'),
    strike: async (engineId) => signal(engineId, 'SIGKILL'),
    struck: { before: 'function-exited', within: 'short-body' },
    close: async () => {
      await engine.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

function signal(engineId: string, name: NodeJS.Signals): void {
  try {
    process.kill(Number(engineId), name);
  } catch {
    // It is gone.
  }
}
