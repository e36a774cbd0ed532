import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { allowedHotFunctions, eventually, slowMs } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

/** The channel's text from the line that names the call on. */
async function wireOf(callId: string, wanted: RegExp): Promise<string> {
  await vscode.commands.executeCommand('hotFunctions.showWireLog');
  return eventually(
    () => {
      const text = vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === 'output' && uri.path.includes('Hot Functions Wire'))
        .map((document) => document.getText())
        .join('');
      return text.slice(text.indexOf(`call ${callId}`));
    },
    (text) => wanted.test(text),
  );
}

suite('The output channel “Hot Functions Wire”', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));

  test('shows request and answer as bytes, with directions and boundaries', async () => {
    const { callId, finished } = await hot.invoke(probeId, { body: 'Grüße' });
    await finished;
    const text = await wireOf(callId, /end of call/);
    const short = callId.slice(0, 8);
    const lines = text
      .replace(/container \S+/, 'container C')
      .replaceAll(/\+[\d.]+ ms/g, '+T')
      .replace(/^Date: .*$/m, 'Date: D')
      .split('\n');
    assert.deepEqual(lines.slice(0, 16), [
      `call ${callId}  container C  hot, call 1 of this container`,
      `→ stdin   call ${short}  +T  ${lines[1]?.split('  ').at(-1)}`,
      'GET / HTTP/1.1\\r\\n',
      'Host: localhost\\r\\n',
      'Content-Length: 7\\r\\n',
      'Flavour: saved\\r\\n',
      'Fn_format: http\\r\\n',
      'Greeting: Hello\\r\\n',
      'Method: POST\\r\\n',
      'Request_url: http://localhost/r/examples/probe\\r\\n',
      'Route: /probe\\r\\n',
      `Task-Id: ${callId}\\r\\n`,
      '\\r\\n',
      'Grüße',
      lines[14],
      `← stdout  call ${short}  +T  ${lines[15]?.split('  ').at(-1)}`,
    ]);
    assert.match(lines[14] ?? '', /^── stdin {2}call \S+ {2}\+T {2}request complete: head \d+, body 7 bytes$/);
    assert.match(text, /^HTTP\/1\.1 200 OK\\r\\n$/m);
    assert.match(text, /^did Grüße saved$/m);
    assert.match(text, /^── stdout {2}call \S+ {2}\S+ ms {2}response complete: head \d+, body 17 bytes$/m);
  });

  test('hides the value of a credential and keeps its length', async () => {
    const { callId, finished } = await hot.invoke(probeId, {
      body: 'something',
      headers: [['Authorization', 'Bearer hunter2']],
    });
    await finished;
    const text = await wireOf(callId, /end of call/);
    assert.match(text, /^Header_authorization: \*{6} \*{7}\\r\\n$/m);
    assert.doesNotMatch(text, /hunter2/);
  });

  test('shows credentials of calls that are made after it was asked to, until it is told to hide them', async () => {
    const made: string[] = [];
    for (const command of ['hotFunctions.showCredentials', 'hotFunctions.hideCredentials']) {
      await vscode.commands.executeCommand(command);
      const { callId, finished } = await hot.invoke(probeId, {
        body: 'x',
        headers: [['Authorization', 'Bearer hunter2']],
      });
      await finished;
      made.push(/^Header_authorization: .*$/m.exec(await wireOf(callId, /end of call/))?.[0] ?? '');
    }
    assert.deepEqual(made, [
      'Header_authorization: Bearer hunter2\\r\\n',
      'Header_authorization: ****** *******\\r\\n',
    ]);
  });

  test('shows bytes that are no text as escapes', async () => {
    const { callId, finished } = await hot.invoke(probeId, { body: 'bytes' });
    await finished;
    assert.match(await wireOf(callId, /end of call/), /^\\x00\\x01\\x02\\xff$/m);
  });

  test('names the failure of an exchange, with the bytes that caused it', async () => {
    const result = await hot.invoke(probeId, { body: 'stray' });
    const text = await wireOf(result.callId, /end of call/);
    assert.equal(result.error?.code, 'stray-output');
    assert.match(text, /^debug: not an answer\\n$/m);
    assert.match(text, /^── end of call .*stray-output/m);
  });
});
