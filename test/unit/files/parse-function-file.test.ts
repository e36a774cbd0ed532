import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, errorsIn, readFunctionFile, routeIn } from './function-file-reading.ts';

describe('A function file', () => {
  it('needs no more than a name; everything else has a default', () => {
    assert.deepEqual(routeIn('name: acme/send'), {
      id: 'shop/mail/send',
      app: 'shop',
      path: '/mail/send',
      image: 'acme/send',
      memoryMiB: 128,
      type: 'sync',
      format: 'default',
      maxConcurrency: 1,
      timeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      config: {},
      headers: [],
      source: { folder: '/srv/shop/mail/send' },
    });
  });

  it('says everything there is to say of a route', () => {
    const text = `name: acme/send
version: 0.1.10
path: /mail
runtime: node
entrypoint: node
cmd: func.js
memory: 64
type: async
format: http
max_concurrency: 3
timeout: 1m
idle_timeout: 10
config:
  MODE: fast
headers:
  X-Kind: mail
jwt_key: secret
build:
  - make
tests:
  - name: greets
    in: Bob
    out: Hello Bob
    err: ''
    env:
      MODE: slow
`;
    assert.deepEqual(routeIn(text), {
      id: 'shop/mail',
      app: 'shop',
      path: '/mail',
      image: 'acme/send:0.1.10',
      memoryMiB: 64,
      type: 'async',
      format: 'http',
      maxConcurrency: 3,
      timeoutMs: 60_000,
      idleTimeoutMs: 10_000,
      config: { MODE: 'fast' },
      headers: [['X-Kind', 'mail']],
      jwtKey: 'secret',
      source: { folder: '/srv/shop/mail/send', runtime: 'node', entrypoint: ['node'], cmd: ['func.js'] },
    });
  });

  it('is defined where its name stands', () => {
    const text = '# mail\r\nversion: 1\r\nname: acme/send # here\r\nformat: http\r\n';
    const [definition] = readFunctionFile(text).definitions;
    assert.deepEqual(definition?.range, { offset: text.indexOf('name'), length: 'name: acme/send'.length });
  });

  it('may have empty fields, which are the same as absent ones', () => {
    const fields = ['version', 'path', 'runtime', 'entrypoint', 'cmd', 'memory', 'type', 'format', 'max_concurrency'];
    fields.push('timeout', 'idle_timeout', 'config', 'headers', 'jwt_key', 'build', 'tests');
    for (const nothing of ['', ' null', ' ~']) {
      const text = `name: a\n${fields.map((field) => `${field}:${nothing}\n`).join('')}`;
      assert.deepEqual(routeIn(text), routeIn('name: a'));
    }
  });

  it('may have the fields that Fn has added since', () => {
    const text = `schema_version: 20180708
name: a
build_image: x/build
run_image: x/run
content_type: text/plain
cpus: 100m
annotations: {}
expects: {}
triggers:
  - name: one
    type: http
    source: /one
`;
    assert.deepEqual(routeIn(text), routeIn('name: a'));
  });

  it('may use anchors, aliases and merge keys', () => {
    const text = 'config: &base\n  A: 1\nheaders:\n  <<: *base\n  B: *name\nname: &name x\n';
    assert.deepEqual(errorsIn(text), [['error', '*name', 'No anchor &name stands before this alias.']]);
    const { config, headers } = routeIn('name: &name x\nconfig: &base\n  A: 1\nheaders:\n  <<: *base\n  B: *name\n');
    assert.deepEqual(
      { config, headers },
      {
        config: { A: '1' },
        headers: [
          ['B', 'x'],
          ['A', '1'],
        ],
      },
    );
  });

  it('counts up to its first document', () => {
    const { definitions, problems } = readFunctionFile('name: a\n---\nname: b\n');
    assert.deepEqual(
      definitions.map(({ route }) => route.image),
      ['a'],
    );
    assert.deepEqual(problems, [['warning', '---', 'Only the first document of this file counts.']]);
  });

  it('that is empty is told what it needs', () => {
    const message = 'This function file is empty: it needs at least a "name".';
    assert.deepEqual(errorsIn(''), [['warning', '', message]]);
    assert.deepEqual(errorsIn('# soon\n'), [['warning', '# soon', message]]);
    assert.deepEqual(errorsIn('{}'), [['warning', '{}', message]]);
  });

  it('with an error defines nothing', () => {
    assert.deepEqual(errorsIn('name: a\nmemory: -1'), [
      ['error', '-1', '"memory" cannot be negative; 0 means the default, 128.'],
    ]);
  });

  it('with warnings only defines its route', () => {
    const { definitions, problems } = readFunctionFile('name: a\nmemroy: 64');
    assert.deepEqual(
      definitions.map(({ route }) => route.memoryMiB),
      [128],
    );
    assert.deepEqual(problems, [['warning', 'memroy', 'Unknown field "memroy". Did you mean "memory"?']]);
  });
});

describe('name and version', () => {
  it('make the image', () => {
    const images = ['name: a', 'name: a\nversion: 1.10', 'name: reg:5000/a\nversion: 2', 'name: a:3', 'name: 7'];
    assert.deepEqual(
      images.map((text) => routeIn(text).image),
      ['a', 'a:1.10', 'reg:5000/a:2', 'a:3', '7'],
    );
  });

  it('need a name', () => {
    const message = '"name" is missing: it names the function and its image.';
    assert.deepEqual(errorsIn('runtime: node\nformat: http'), [['error', 'runtime', message]]);
    assert.deepEqual(errorsIn('runtime: node\nname:'), [['error', 'name', message]]);
    assert.deepEqual(errorsIn('name: [a]'), [['error', '[a]', '"name" must be text.']]);
  });

  it('cannot both give a tag', () => {
    assert.deepEqual(errorsIn('name: a:1\nversion: 2'), [
      ['error', '2', '"name" has a tag already: leave it out there, or leave out "version".'],
    ]);
  });

  it('have no white space', () => {
    assert.deepEqual(errorsIn('name: my func\nversion: one two'), [
      ['error', 'my func', 'An image name has no white space.'],
      ['error', 'one two', 'An image name has no white space.'],
    ]);
  });
});

describe('path', () => {
  it('is by default that of the folder below the app', () => {
    const paths = ['', 'a', 'a/b c'].map((folderBelowApp) => routeIn('name: a', { ...context, folderBelowApp }).path);
    assert.deepEqual(paths, ['/', '/a', '/a/b c']);
  });

  for (const [path, message] of [
    ['hot', '"path" must start with "/", such as "/hello".'],
    ['/a/:id', '"path" cannot contain ":".'],
    ['/a?b', '"path" cannot contain "?".'],
    ['"/a\\nb"', '"path" cannot contain control characters.'],
    ['[a]', '"path" must be text.'],
  ] as const) {
    it(`cannot be ${path}`, () => {
      assert.deepEqual(errorsIn(`name: a\npath: ${path}\n`), [['error', path, message]]);
    });
  }

  it('must be set where the folder gives a path that no route can have', () => {
    assert.deepEqual(errorsIn('name: a', { ...context, folderBelowApp: 'a:b' }), [
      [
        'error',
        'name: a',
        'The folder gives this function the path "/a:b", and a path cannot contain ":": set "path".',
      ],
    ]);
  });
});

describe('memory and max_concurrency', () => {
  it('may be text, and 0 is the default', () => {
    const { memoryMiB, maxConcurrency } = routeIn('name: a\nmemory: "64"\nmax_concurrency: "3"');
    assert.deepEqual([memoryMiB, maxConcurrency], [64, 3]);
    const defaults = routeIn('name: a\nmemory: 0\nmax_concurrency: "0"');
    assert.deepEqual([defaults.memoryMiB, defaults.maxConcurrency], [128, 1]);
  });

  for (const [value, message] of [
    ['-5', '"memory" cannot be negative; 0 means the default, 128.'],
    ['1.5', '"memory" must be a whole number of MiB, such as 128.'],
    ['128m', '"memory" must be a whole number of MiB, such as 128.'],
    ['true', '"memory" must be a whole number of MiB, such as 128.'],
    ['.inf', '"memory" must be a whole number of MiB, such as 128.'],
    ['[1]', '"memory" must be a whole number of MiB, such as 128.'],
    ['9999999999', '"memory" is too large; the most is 2147483647.'],
  ] as const) {
    it(`cannot be ${value}, of memory`, () => {
      assert.deepEqual(errorsIn(`name: a\nmemory: ${value} # MiB\n`), [['error', value, message]]);
    });
  }

  for (const [value, message] of [
    ['-1', '"max_concurrency" cannot be negative; 0 means the default, 1.'],
    ['two', '"max_concurrency" must be a whole number, such as 1.'],
    ['0.5', '"max_concurrency" must be a whole number, such as 1.'],
  ] as const) {
    it(`cannot be ${value}, of max_concurrency`, () => {
      assert.deepEqual(errorsIn(`name: a\nmax_concurrency: ${value}`), [['error', value, message]]);
    });
  }
});

describe('type and format', () => {
  it('are one of two words each', () => {
    const { type, format } = routeIn('name: a\ntype: async\nformat: "http"');
    assert.deepEqual([type, format], ['async', 'http']);
  });

  for (const [line, value, message] of [
    ['type: asynch', 'asynch', '"type" must be "sync" or "async". Did you mean "async"?'],
    ['type: 1', '1', '"type" must be "sync" or "async".'],
    ['format: HTTP', 'HTTP', '"format" must be "default" or "http". Did you mean "http"?'],
    ['format: json', 'json', '"format" must be "default" or "http".'],
    ['format: {a: b}', '{a: b}', '"format" must be "default" or "http".'],
  ] as const) {
    it(`do not take ${line}`, () => {
      assert.deepEqual(errorsIn(`name: a\n${line}\n`), [['error', value, message]]);
    });
  }
});

describe('timeout and idle_timeout', () => {
  for (const [value, milliseconds] of [
    ['5', 5000],
    ['0.25', 250],
    ['"5"', 5000],
    ['" 1.5 "', 1500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['"2h"', 7_200_000],
  ] as const) {
    it(`can be ${value}`, () => {
      const { timeoutMs, idleTimeoutMs } = routeIn(`name: a\ntimeout: ${value}\nidle_timeout: ${value}`);
      assert.deepEqual([timeoutMs, idleTimeoutMs], [milliseconds, milliseconds]);
    });
  }

  it('differ in what 0 means: the default timeout, and no idling at all', () => {
    const { timeoutMs, idleTimeoutMs } = routeIn('name: a\ntimeout: 0\nidle_timeout: 0s');
    assert.deepEqual([timeoutMs, idleTimeoutMs], [30_000, 0]);
  });

  for (const [value, message] of [
    ['-1', 'cannot be negative.'],
    ['-1s', 'cannot be negative.'],
    ['30x', 'must be seconds, such as 30, or a duration, such as "1m30s".'],
    ['1d', 'must be seconds, such as 30, or a duration, such as "1m30s".'],
    ['false', 'must be seconds, such as 30, or a duration, such as "1m30s".'],
    ['{s: 1}', 'must be seconds, such as 30, or a duration, such as "1m30s".'],
    ['2147484', 'is in seconds, and the most is 2147483.'],
    ['9999h', 'is in seconds, and the most is 2147483.'],
    ['30000000000', 'is in seconds, and the most is 2147483. Did you mean 30?'],
  ] as const) {
    it(`cannot be ${value}`, () => {
      assert.deepEqual(errorsIn(`name: a\ntimeout: ${value}\nidle_timeout: ${value}\n`), [
        ['error', value, `"timeout" ${message}`],
        ['error', value, `"idle_timeout" ${message}`],
      ]);
    });
  }
});

describe('entrypoint and cmd', () => {
  it('are a command line, split as a shell would, or its words', () => {
    const text = `name: a\nentrypoint: node --title "my func"\ncmd: [func.js, 8]`;
    assert.deepEqual(routeIn(text).source, {
      folder: '/srv/shop/mail/send',
      entrypoint: ['node', '--title', 'my func'],
      cmd: ['func.js', '8'],
    });
  });

  it('are as good as absent when they have no words', () => {
    assert.deepEqual(routeIn('name: a\nentrypoint: []\ncmd: "  "').source, { folder: '/srv/shop/mail/send' });
  });

  it('are nothing else', () => {
    assert.deepEqual(errorsIn('name: a\nentrypoint: {a: b}\ncmd: [a, [b]]'), [
      ['error', '{a: b}', '"entrypoint" must be text.'],
      ['error', '[a, [b]]', '"cmd" must be a command line or a list of its words.'],
    ]);
  });

  it('cannot hold what no process can be given', () => {
    assert.deepEqual(errorsIn('name: a\ncmd: ["a\\0b"]'), [
      ['error', '["a\\0b"]', '"cmd" cannot contain a NUL character.'],
    ]);
  });
});

describe('config', () => {
  it('takes scalars as they are written', () => {
    const text =
      'name: a\nconfig:\n  A: x y\n  B: 1.10\n  C: yes\n  D: true\n  E:\n  F: null\n  G: 0x1F\n  H: |\n    two\n    lines\n';
    assert.deepEqual(routeIn(text).config, {
      A: 'x y',
      B: '1.10',
      C: 'yes',
      D: 'true',
      E: '',
      F: '',
      G: '0x1F',
      H: 'two\nlines\n',
    });
  });

  it("stands above the app's, whose keys it replaces however they are spelt", () => {
    const app = { name: 'shop', config: { 'log-level': 'debug', REGION: 'eu', __proto__: 'x' } };
    assert.deepEqual(routeIn('name: a\nconfig:\n  LOG_LEVEL: warn\n', { ...context, app }).config, {
      REGION: 'eu',
      LOG_LEVEL: 'warn',
    });
  });

  it('may have keys that mean something to JavaScript', () => {
    const { config } = routeIn('name: a\nconfig:\n  __proto__: x\n  constructor: y\n');
    assert.deepEqual(Object.entries(config), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    assert.equal(Object.getPrototypeOf(config), Object.prototype);
  });

  for (const [value, marked, message] of [
    ['text', 'text', '"config" must be a map of names and values.'],
    ['[a]', '[a]', '"config" must be a map of names and values.'],
    ['{a: [b]}', '[b]', 'The value of "a" must be text.'],
    ['{a: {b: c}}', '{b: c}', 'The value of "a" must be text.'],
    ['{a: "x\\0y"}', '"x\\0y"', 'The value of "a" cannot contain a NUL character.'],
    ['{"a=b": c}', '"a=b"', 'A config name cannot be empty and has no "=": it becomes an environment variable.'],
    ['{"": c}', '""', 'A config name cannot be empty and has no "=": it becomes an environment variable.'],
  ] as const) {
    it(`cannot be ${value}`, () => {
      assert.deepEqual(errorsIn(`name: a\nconfig: ${value}\n`), [['error', marked, message]]);
    });
  }

  it('warns of two keys that become one variable', () => {
    const { problems } = readFunctionFile('name: a\nconfig: {log-level: 1, LOG_LEVEL: 2}');
    assert.deepEqual(problems, [['warning', 'LOG_LEVEL', 'This replaces "log-level": both become LOG_LEVEL.']]);
  });

  it('warns of what a hot function will not find in its requests', () => {
    const config = 'config: {HOST: x, "a b": y, OK: z}';
    assert.deepEqual(readFunctionFile(`name: a\nformat: http\n${config}`).problems, [
      [
        'warning',
        'HOST',
        'Only the environment will have this, not the requests: "HOST" would change how the request is framed.',
      ],
      ['warning', '"a b"', 'Only the environment will have this, not the requests: "A B" is not a valid header name.'],
    ]);
    assert.deepEqual(readFunctionFile(`name: a\n${config}`).problems, []);
  });
});

describe('headers', () => {
  it('have a value or a list of values each', () => {
    const { headers } = routeIn('name: a\nheaders:\n  X-A: one\n  X-B: [1, two]\n  X-C: []\n  X-D:\n');
    assert.deepEqual(headers, [
      ['X-A', 'one'],
      ['X-B', '1'],
      ['X-B', 'two'],
      ['X-D', ''],
    ]);
  });

  for (const [value, marked, message] of [
    ['text', 'text', '"headers" must be a map of names and values.'],
    ['{X-A: {b: c}}', '{b: c}', 'The value of "X-A" must be text or a list of text.'],
    ['{X-A: [x, [y]]}', '[y]', 'The value of "X-A" must be text or a list of text.'],
  ] as const) {
    it(`cannot be ${value}`, () => {
      assert.deepEqual(errorsIn(`name: a\nheaders: ${value}\n`), [['error', marked, message]]);
    });
  }

  it('leave out what no response can have', () => {
    const text = 'name: a\nheaders: {"X A": 1, Content-Length: 5, X-B: "one\\ntwo", X-C: "a\\tb"}';
    const { definitions, problems } = readFunctionFile(text);
    assert.deepEqual(problems, [
      ['warning', '"X A"', '"X A" is no valid header name. It is left out.'],
      ['warning', 'Content-Length', '"Content-Length" is decided by each response itself. It is left out.'],
      ['warning', '"one\\ntwo"', 'The value of "X-B" has control characters. Each becomes a space.'],
    ]);
    assert.deepEqual(definitions[0]?.route.headers, [
      ['X-B', 'one two'],
      ['X-C', 'a\tb'],
    ]);
  });
});

describe('jwt_key', () => {
  it('is text, and a message about it does not show it', () => {
    assert.equal(routeIn('name: a\njwt_key: 007').jwtKey, '007');
    assert.deepEqual(errorsIn('name: a\njwt_key: [hush]'), [['error', '[hush]', '"jwt_key" must be text.']]);
  });
});

describe('build and tests', () => {
  it('do not make a route unusable', () => {
    const { definitions, problems } = readFunctionFile('name: a\nbuild: {a: b}\ntests:\n  - nmae: x\n  - y\n');
    assert.equal(definitions.length, 1);
    assert.deepEqual(problems, [
      ['warning', '{a: b}', '"build" must be a list of command lines.'],
      ['warning', 'nmae', 'Unknown field "nmae". Did you mean "name"?'],
      ['warning', 'y', 'A test has the fields "name", "in", "out", "err" and "env".'],
    ]);
    assert.deepEqual(readFunctionFile('name: a\ntests: {}').problems, [
      ['warning', '{}', '"tests" must be a list of tests.'],
    ]);
  });
});

describe('Unknown fields', () => {
  it('are warned of, with what was most likely meant', () => {
    assert.deepEqual(readFunctionFile('name: a\nidleTimeout: 3\nlabels: {}\nimage: b\napp_name: c').problems, [
      ['warning', 'idleTimeout', 'Unknown field "idleTimeout". Did you mean "idle_timeout"?'],
      ['warning', 'labels', 'Unknown field "labels". It is ignored.'],
      ['warning', 'image', 'Unknown field "image". Here the image is called by "name" and "version".'],
      ['warning', 'app_name', 'Unknown field "app_name". Here the app is that of the nearest app.yaml.'],
    ]);
  });

  it('are warned of a hundred times at most', () => {
    const fields = Array.from({ length: 5000 }, (_, index) => `unknown${index}: 1\n`).join('');
    assert.equal(readFunctionFile(`name: a\n${fields}`).problems.length, 100);
  });
});
