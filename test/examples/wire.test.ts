/** Every example as a plain process, with no code of the extension between: what users copy has to be right by itself. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type ExampleFunction, prepareExample } from './example-function.ts';
import { FunctionProcess } from './function-process.ts';
import { type HotCall, hotRequest } from './hot-request.ts';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const crlfAndNul = Buffer.from('\r\n\r\n\0GET / HTTP/1.1\r\n\r\n\0');
const binary = Buffer.concat([everyByte, crlfAndNul]);
const mebibyte = Buffer.alloc(1024 * 1024, everyByte);

const captured = join(import.meta.dirname, '../fixtures/wire/hot');
const daemonRequests = readdirSync(captured)
  .filter((file) => /^\d+-.*\.stdin\.bin$/.test(file))
  .map((file) => {
    const bytes = readFileSync(join(captured, file));
    const text = bytes.toString('latin1');
    return { bytes, method: /^Method: (.*)\r$/m.exec(text)?.[1], payload: text.slice(text.indexOf('\r\n\r\n') + 4) };
  });

for (const language of ['node', 'python', 'go', 'shell']) {
  describe(`examples/cold-${language}`, { skip: missingTool(language) }, () => {
    const subject = exampleUnderTest(`cold-${language}`);
    const route = language === 'python' ? '/hello/python' : `/cold-${language}`;
    const call = { METHOD: 'POST', ROUTE: route, REQUEST_URL: `http://localhost/r/examples${route}` };
    const run = (payload: string | Buffer, variables: Readonly<Record<string, string>>) =>
      subject.start({ FN_FORMAT: 'default', ...variables }).end(Buffer.from(payload));

    it('greets with the payload and says method and route', async () => {
      assert.deepEqual(await run('Johnny', { ...call, GREETING: 'Hi' }), {
        code: 0,
        stdout: Buffer.from(`Hi Johnny\nPOST ${route}\n`),
        stderr: '',
      });
    });

    it('greets the world when there is no payload and no config', async () => {
      assert.deepEqual(await run('', { ...call, METHOD: 'GET' }), {
        code: 0,
        stdout: Buffer.from(`Hello World\nGET ${route}\n`),
        stderr: '',
      });
    });

    it('takes a greeting from the header X-Greeting before that of the config', async () => {
      const { stdout } = await run('Renée', { ...call, GREETING: 'Hi', HEADER_X_GREETING: 'Ça va' });
      assert.equal(stdout.toString(), `Ça va Renée\nPOST ${route}\n`);
    });

    it('answers 1 MiB in full', async () => {
      const { stdout } = await run(Buffer.alloc(mebibyte.length, 'x'), call);
      assert.equal(stdout.length, `Hello \nPOST ${route}\n`.length + mebibyte.length);
    });

    // A shell's variable cannot hold it, as that example says.
    if (language !== 'shell') {
      it('leaves a binary payload as it is', async () => {
        const { stdout } = await run(binary, call);
        assert.deepEqual(stdout, Buffer.concat([Buffer.from('Hello '), binary, Buffer.from(`\nPOST ${route}\n`)]));
      });
    }
  });

  describe(`examples/hot-${language}`, { skip: missingTool(language) }, () => {
    const subject = exampleUnderTest(`hot-${language}`);
    const route = `/hot-${language}`;
    const request = (call?: HotCall) => hotRequest(route, call);
    const start = () => subject.start({ FN_FORMAT: 'http', GREETING: 'Hello' });
    const greeting = (greeted: string | Buffer, call: number, method = 'POST') => ({
      statusLine: 'HTTP/1.1 200 OK',
      contentType: 'text/plain; charset=utf-8',
      body: Buffer.concat([
        Buffer.from('Hello '),
        Buffer.from(greeted),
        Buffer.from(`\n${method} ${route}, call ${call} of this process\n`),
      ]),
    });

    it('answers call after call with one process', async () => {
      const hot = start();
      const answers = [
        await hot.call(request({ payload: 'Johnny' })),
        await hot.call(request({ payload: 'Frances' })),
        await hot.call(request()),
      ];
      assert.deepEqual(answers, [greeting('Johnny', 1), greeting('Frances', 2), greeting('World', 3, 'GET')]);
    });

    it('answers requests that came in one write, each with its own answer', async () => {
      const hot = start();
      hot.write(Buffer.concat([request({ payload: 'Johnny' }), request(), request({ payload: 'Frances' })]));
      const answers = [await hot.nextAnswer(), await hot.nextAnswer(), await hot.nextAnswer()];
      assert.deepEqual(answers, [greeting('Johnny', 1), greeting('World', 2, 'GET'), greeting('Frances', 3)]);
    });

    it('answers the very bytes that the daemon wrote', async () => {
      const hot = start();
      const answers = [];
      for (const { bytes } of daemonRequests) {
        answers.push(await hot.call(bytes));
      }
      assert.deepEqual(
        answers.map(({ body }) => body.toString('latin1')),
        daemonRequests.map(
          ({ method, payload }, index) =>
            `Hello ${payload || 'World'}\n${method} /hot, call ${index + 1} of this process\n`,
        ),
      );
    });

    it('leaves a binary payload as it is', async () => {
      assert.deepEqual(await start().call(request({ payload: binary })), greeting(binary, 1));
    });

    it('answers 1 MiB twice', async () => {
      const hot = start();
      const answers = [await hot.call(request({ payload: mebibyte })), await hot.call(request({ payload: mebibyte }))];
      // assert.deepEqual would print two mebibytes.
      assert.deepEqual(
        answers.map((answer, index) => answer.body.equals(greeting(mebibyte, index + 1).body)),
        [true, true],
      );
    });

    it('takes a greeting from the header X-Greeting before that of the config', async () => {
      const answer = await start().call(request({ payload: 'Renée', headers: { Header_x_greeting: 'Ça va' } }));
      assert.equal(answer.body.toString(), `Ça va Renée\nPOST ${route}, call 1 of this process\n`);
    });

    it('ends with 0 at the end of stdin, having written nothing but its answers', async () => {
      const hot = start();
      await hot.call(request({ payload: 'Johnny' }));
      assert.deepEqual(await hot.end(), { code: 0, stdout: Buffer.alloc(0), stderr: '' });
    });

    it('still answers a request that the end of stdin follows at once', async () => {
      const hot = start();
      const { code, stdout } = await hot.end(request({ payload: 'Johnny' }));
      assert.deepEqual(
        { code, body: stdout.subarray(stdout.indexOf('\r\n\r\n') + 4) },
        { code: 0, body: greeting('Johnny', 1).body },
      );
    });
  });
}

/** Builds the example before its tests and ends what each test has started. */
function exampleUnderTest(name: string): { start(variables: Readonly<Record<string, string>>): FunctionProcess } {
  const started: FunctionProcess[] = [];
  let buildFolder = '';
  let example: ExampleFunction;
  before(() => {
    buildFolder = mkdtempSync(join(tmpdir(), 'hot-functions-example-'));
    example = prepareExample(name, buildFolder);
  });
  afterEach(() => {
    for (const functionProcess of started.splice(0)) {
      functionProcess.kill();
    }
  });
  after(() => rmSync(buildFolder, { recursive: true, force: true }));
  return {
    start(variables) {
      const functionProcess = new FunctionProcess(example, variables);
      started.push(functionProcess);
      return functionProcess;
    },
  };
}

/** Why the examples of a language cannot run on this machine. Where CI runs, they have to. */
function missingTool(language: string): string | false {
  const probe = {
    node: ['node', '--version'],
    python: ['python3', '--version'],
    go: ['go', 'version'],
    shell: ['sh', '-c', ':'],
  }[language];
  const [command = '', ...args] = probe ?? [];
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return false;
  } catch {
    return process.env['CI'] === undefined ? `${command} does not run on this machine` : false;
  }
}
