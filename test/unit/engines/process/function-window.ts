/** A window in a process of its own that runs one function, a shell script, until it is killed. */
import process from 'node:process';
import { groupRecordOf } from '../../../../src/engines/process/orphans.ts';
import { ProcessEngine } from '../../../../src/engines/process/process-engine.ts';
import { type ProcessTable, processTable } from '../../../../src/engines/process/process-table.ts';
import { WindowLease } from '../../../../src/store/window-lease.ts';

const [folder = '', platform = '', script = '', diesWhenItRuns] = process.argv.slice(2);
const table = processTable(platform as NodeJS.Platform);
if (table === undefined) {
  throw new Error(`Nothing tells processes apart on ${platform}.`);
}
const lastWords: ProcessTable = {
  ...table,
  startOf: () => {
    process.kill(process.pid, 'SIGKILL');
    throw new Error('still here');
  },
};
const lease = await WindowLease.take(folder);
const engine = new ProcessEngine({
  env: process.env,
  platform: process.platform,
  execPath: process.execPath,
  storageFolder: folder,
  onBuildLog: () => {},
  groups: groupRecordOf(`${folder}/records`, lease.id, diesWhenItRuns ? lastWords : table, (error) => {
    throw error;
  }),
});
const routeId = 'tests/function';
const source = { folder, entrypoint: ['sh', '-c', script] };
const never = new AbortController().signal;
const prepared = await engine.prepare({ routeId, image: 'image', source }, () => {}, never);
const container = await engine.start(prepared, { name: 'f', routeId, format: 'http', memoryMiB: 128, env: {} }, never);
container.stdout.resume();
container.stderr.resume();
setInterval(() => {}, 60_000);
process.on('message', () => void container.kill().then(() => process.send?.('stopped')));
process.send?.('running');
