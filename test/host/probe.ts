import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { remove, routeIds, workspaceUri, write } from './hot-functions.ts';

/** Does what its payload says: the ways in which functions behave and misbehave. */
const code = `import http from 'node:http';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

async function answer(request, response) {
  const wanted = await text(request);
  if (wanted === 'sleep') {
    console.error('asleep');
    return;
  }
  if (wanted === 'exit') {
    console.error('going away');
    process.exit(7);
  }
  if (wanted === 'stray') {
    process.stdout.write('debug: not an answer\\n');
    return;
  }
  response.statusCode = wanted === 'missing' ? 404 : 200;
  if (wanted === 'bytes') {
    response.end(Buffer.from([0, 1, 2, 255]));
    return;
  }
  response.end('did ' + wanted + ' ' + (request.headers.flavour ?? ''));
}

const stdio = new Duplex({
  read: () => process.stdin.resume(),
  write: (chunk, _encoding, done) => process.stdout.write(chunk, done),
});
process.stdin.on('data', (chunk) => stdio.push(chunk) || process.stdin.pause());
http.createServer({ keepAliveTimeout: 0, requireHostHeader: false }, answer).emit('connection', stdio);
`;

export const probeId = 'examples/probe';

function probeDefinition(idleTimeout: string): string {
  return `name: examples/probe
version: 1.0.0
runtime: node
format: http
idle_timeout: ${idleTimeout}
timeout: 20s
config:
  flavour: saved
`;
}

/** Puts the probe into the workspace and waits until its route is known. */
export async function addProbe(hot: HotFunctionsApi, idleTimeout = '60s'): Promise<void> {
  await write(['probe', 'func.js'], code);
  for (const file of ['Dockerfile', 'package.json']) {
    await vscode.workspace.fs.copy(workspaceUri('hot-node', file), workspaceUri('probe', file), { overwrite: true });
  }
  await write(['probe', 'func.yaml'], probeDefinition(idleTimeout));
  await routeIds(hot, (ids) => ids.includes(probeId));
}

export async function removeProbe(hot: HotFunctionsApi): Promise<void> {
  await hot.stopContainers(probeId);
  await remove('probe');
  await routeIds(hot, (ids) => !ids.includes(probeId));
}
