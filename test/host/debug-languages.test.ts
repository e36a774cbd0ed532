import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { breakAt, clearBreakpoints, DebugRecorder, placeOf, resume, variablesOf } from './debug-recorder.ts';
import {
  allowedHotFunctions,
  eventually,
  open,
  remove,
  routeIds,
  slowMs,
  workspaceUri,
  write,
} from './hot-functions.ts';
import { type MachineHoldings, machineHoldings } from './machine-holdings.ts';

const rubyCode = `answers = $stdout.dup
answers.sync = true
$stdout = $stderr

calls = 0
while $stdin.gets
  headers = {}
  while (line = $stdin.gets&.chomp) && !line.empty?
    name, value = line.split(': ', 2)
    headers[name] = value
  end
  payload = $stdin.read(headers.fetch('Content-Length', 0).to_i)
  calls += 1
  body = "Hello #{payload}\\n"
  body += "#{headers['Method']} #{headers['Route']}, call #{calls} of this process\\n"
  answers.write("HTTP/1.1 200 OK\\r\\nContent-Length: #{body.bytesize}\\r\\n\\r\\n#{body}")
end
`;

const rubyDockerfile = `ARG RUBY_IMAGE=ruby:3-slim
FROM \${RUBY_IMAGE}
WORKDIR /function
COPY func.rb ./
ENTRYPOINT ["ruby", "func.rb"]
`;

interface Case {
  readonly language: string;
  readonly folder: string;
  readonly file: string;
  readonly at: string;
  /** A local variable there, and its value. */
  readonly local: readonly [name: string, value: RegExp];
}

const cases: readonly Case[] = [
  { language: 'Python', folder: 'hot-python', file: 'func.py', at: 'body = greeting', local: ['calls', /^1$/] },
  { language: 'Go', folder: 'hot-go', file: 'func.go', at: 'for _, name := range', local: ['calls', /^1$/] },
  { language: 'Ruby', folder: 'hot-ruby', file: 'func.rb', at: 'body = "Hello', local: ['headers', /Method/] },
];

suite('Debugging with no other extension', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;
  let recorder: DebugRecorder;
  let before: MachineHoldings;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await write(['hot-ruby', 'func.rb'], rubyCode);
    await write(['hot-ruby', 'Dockerfile'], rubyDockerfile);
    await write(['hot-ruby', 'func.yaml'], 'name: examples/hot-ruby\nversion: 1.0.0\nruntime: ruby\nformat: http\n');
    await routeIds(hot, (ids) => ids.includes('examples/hot-ruby'));
  });
  suiteTeardown(() => remove('hot-ruby'));
  setup(async () => {
    recorder = new DebugRecorder();
    before = await machineHoldings();
  });
  teardown(async () => {
    clearBreakpoints();
    await vscode.debug.stopDebugging();
    await recorder.ended();
    recorder.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await hot.stopContainers();
  });

  for (const { language, folder, file, at, local } of cases) {
    test(`${language} by F5 stops at the line, shows locals, steps, answers, and leaves nothing`, async () => {
      const line = await breakAt(workspaceUri(folder, file), at);
      await open(folder, 'func.yaml');
      await vscode.commands.executeCommand('workbench.action.debug.start');
      const stop = await recorder.stopped();
      const place = await placeOf(stop);
      const [name, value] = local;
      const locals = await variablesOf(stop, /local/i);
      // Ruby's debugger loses its way when it is told to go on while it is still asked for variables.
      await recorder.looked();
      await resume(stop, 'next');
      const stepped = await recorder.stopped();
      const { line: next } = await placeOf(stepped);
      await recorder.looked();
      await resume(stepped);
      await recorder.says(`GET /${folder}, call 1 of this process\n`);
      assert.deepEqual([place.file, place.line, next > line], [`${folder}/${file}`, line, true]);
      assert.match(locals[name] ?? '', value);
      await vscode.debug.stopDebugging();
      await recorder.ended();
      assert.deepEqual(await eventually(machineHoldings, (found) => isDeepStrictEqual(found, before)), before);
    });
  }
});
