import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRouteFile } from '../../../src/core/files/parse-route-file.ts';
import type { FileContext } from '../../../src/core/files/parsed-file.ts';
import { markedProblems } from './marked-problems.ts';

const context: FileContext = {
  app: { name: 'myapp', config: { REGION: 'eu' } },
  folder: '/srv/routes',
  folderBelowApp: 'routes',
};

function read(text: string) {
  const parsed = parseRouteFile(text, context);
  assert.equal(parsed.kind, 'functions');
  return { definitions: parsed.definitions, problems: markedProblems(text, parsed.problems) };
}

/** Problems of a route with these fields besides those it needs. */
function problemsWith(fields: string) {
  return read(`{"route": {"path": "/a", "image": "b", "format": "http", ${fields}}}`).problems;
}

// The example of the IronFunctions documentation, as it stands there.
const documented = `{
	"route":{
		"app_name": "myapp",
		"path": "/hot",
		"image": "USERNAME/hchttp",
		"memory": 64,
		"type": "sync",
		"config": null,
		"format": "http",
		"max_concurrency": "1",
		"idle_timeout": 30
	}
}
`;

describe('Route JSON', () => {
  it('reads the documented example', () => {
    assert.deepEqual(read(documented), {
      definitions: [
        {
          route: {
            id: 'myapp/hot',
            app: 'myapp',
            path: '/hot',
            image: 'USERNAME/hchttp',
            memoryMiB: 64,
            type: 'sync',
            format: 'http',
            maxConcurrency: 1,
            timeoutMs: 30_000,
            idleTimeoutMs: 30_000,
            config: { REGION: 'eu' },
            headers: [],
            source: { folder: '/srv/routes' },
          },
          range: { offset: documented.indexOf('"path"'), length: '"path": "/hot"'.length },
        },
      ],
      problems: [],
    });
  });

  it("reads the API's own answer", () => {
    const text =
      '{"message":"Successfully loaded route","route":{"app_name":"myapp","path":"/hot","image":"iron/hchttp",' +
      '"memory":128,"headers":{"X-A":["1","2"]},"type":"sync","format":"http","max_concurrency":1,"timeout":30,' +
      '"idle_timeout":0,"config":{"route-cfg":"from route"},"jwt_key":""}}';
    const { definitions, problems } = read(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(definitions[0]?.route, {
      id: 'myapp/hot',
      app: 'myapp',
      path: '/hot',
      image: 'iron/hchttp',
      memoryMiB: 128,
      type: 'sync',
      format: 'http',
      maxConcurrency: 1,
      timeoutMs: 30_000,
      idleTimeoutMs: 0,
      config: { REGION: 'eu', 'route-cfg': 'from route' },
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      source: { folder: '/srv/routes' },
    });
  });

  it('can be a list, of which each route stands for itself', () => {
    const text = `{"routes": [
  {"path": "/a", "image": "i", "format": "http"},
  {"path": "/b", "image": "i", "format": "http", "memory": -1},
  {"path": "/c", "image": "i", "format": "default"},
  5
]}`;
    const { definitions, problems } = read(text);
    assert.deepEqual(
      definitions.map(({ route, range }) => [route.id, text.slice(range.offset, range.offset + range.length)]),
      [
        ['myapp/a', '"path": "/a"'],
        ['myapp/c', '"path": "/c"'],
      ],
    );
    assert.deepEqual(problems, [
      ['error', '-1', '"memory" cannot be negative; 0 means the default, 128.'],
      ['error', '5', 'A route must be an object with at least "path" and "image".'],
    ]);
  });

  it('of another app does not get the config of the app around it', () => {
    const { definitions } = read('{"route": {"app_name": "other", "path": "/a", "image": "b", "format": "http"}}');
    assert.deepEqual([definitions[0]?.route.id, definitions[0]?.route.config], ['other/a', {}]);
  });

  it('without a format is cold, with a warning', () => {
    const { definitions, problems } = read('{"route": {"path": "/a", "image": "b"}}');
    assert.equal(definitions[0]?.route.format, 'default');
    const message = '"format" is missing: it is "default", a new container for each call. Hot is "http".';
    assert.deepEqual(problems, [['warning', '"route"', message]]);
    assert.deepEqual(read('{"routes": [{"path": "/a", "image": "b"}]}').problems, [['warning', '{', message]]);
  });

  it('needs a path and an image', () => {
    assert.deepEqual(read('{"route": {"format": "http"}}'), {
      definitions: [],
      problems: [
        ['error', '"route"', '"path" is missing, such as "/hello".'],
        ['error', '"route"', '"image" is missing, such as "someone/hello:0.0.1".'],
      ],
    });
    assert.deepEqual(read('{"route": {"format": "http", "path": "", "image": null}}').problems, [
      ['error', '"path": ""', '"path" is missing, such as "/hello".'],
      ['error', '"image": null', '"image" is missing, such as "someone/hello:0.0.1".'],
    ]);
  });

  for (const [fields, marked, message] of [
    ['"path2": 1', '"path2"', 'Unknown field "path2". Did you mean "path"?'],
    ['"name": "x"', '"name"', 'Unknown field "name". Here both are the "image".'],
    ['"cmd": "x"', '"cmd"', 'Unknown field "cmd". It belongs into a func.yaml.'],
    ['"created": 1', '"created"', 'Unknown field "created". It is ignored.'],
  ] as const) {
    it(`warns of ${fields}`, () => {
      assert.deepEqual(problemsWith(fields), [['warning', marked, message]]);
    });
  }

  for (const [fields, marked, message] of [
    ['"app_name": "a/b"', '"a/b"', '"app_name" cannot contain white space, "/", ":", "?" or "#".'],
    ['"timeout": "1m30s"', '"1m30s"', '"timeout" is in seconds: write a number, such as 90.'],
    ['"timeout": "soon"', '"soon"', '"timeout" is in seconds: write a number, such as 30.'],
    ['"idle_timeout": -1', '-1', '"idle_timeout" cannot be negative.'],
    ['"max_concurrency": "many"', '"many"', '"max_concurrency" must be a whole number, such as 1.'],
    ['"memory": "64m"', '"64m"', '"memory" must be a whole number of MiB, such as 128.'],
    ['"config": "x"', '"x"', '"config" must be a map of names and values.'],
    ['"type": true', 'true', '"type" must be "sync" or "async".'],
  ] as const) {
    it(`does not take ${fields}`, () => {
      assert.deepEqual(problemsWith(fields), [['error', marked, message]]);
    });
  }

  it('does not take a path or an image that cannot be one', () => {
    assert.deepEqual(read('{"route": {"path": "a:b", "image": "b c", "format": "http"}}'), {
      definitions: [],
      problems: [
        ['error', '"a:b"', '"path" must start with "/", such as "/hello".'],
        ['error', '"b c"', 'An image name has no white space.'],
      ],
    });
  });

  it('that is not wrapped is told how', () => {
    assert.deepEqual(read('{"path": "/a", "image": "b"}'), {
      definitions: [],
      problems: [['error', '"path": "/a"', 'Put the route into {"route": {…}}.']],
    });
  });

  it('that is empty is told what it needs', () => {
    const message = 'This file is empty: a route is {"route": {"path": …, "image": …}}.';
    assert.deepEqual(read('').problems, [['warning', '', message]]);
    assert.deepEqual(read('{\n}').problems, [['warning', '{', message]]);
  });

  it('that is broken defines nothing', () => {
    assert.deepEqual(read('{"route": {"path": "/a", "image": "b",}}'), {
      definitions: [],
      problems: [['error', '}', 'JSON allows no comma before this.']],
    });
  });

  it('warns of unknown fields around the route', () => {
    const text = '{"route": {"path": "/a", "image": "b", "format": "http"}, "rout": 1}';
    assert.deepEqual(read(text).problems, [['warning', '"rout"', 'Unknown field "rout". Did you mean "route"?']]);
  });

  for (const text of [
    '{"version": 1}',
    '[]',
    '"route"',
    '{"routes": {"home": "/"}}',
    '{"routes": [{"path": "/", "component": "Home"}]}',
  ]) {
    it(`is of another system when it is ${text}`, () => {
      assert.deepEqual(parseRouteFile(text, context), { kind: 'foreign' });
    });
  }
});
