/** A window of its own: takes a lease in the folder that it is told, says its id, and stays until it is killed. */
import process from 'node:process';
import { WindowLease } from '../../../src/store/window-lease.ts';

const [folder = ''] = process.argv.slice(2);
const lease = await WindowLease.take(folder);
setInterval(() => {}, 60_000);
process.send?.({ id: lease.id, installation: lease.installation });
