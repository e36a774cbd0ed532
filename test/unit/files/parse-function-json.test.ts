import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, readFunctionFile, routeIn } from './function-file-reading.ts';

describe('func.json', () => {
  it('says the same as func.yaml', () => {
    const json = `{
  "name": "acme/send",
  "version": "0.1.0",
  "entrypoint": "node func.js",
  "format": "http",
  "timeout": "1m30s",
  "max_concurrency": "2",
  "config": {"MODE": "fast", "LEVEL": 3, "EMPTY": null},
  "headers": {"X-Kind": ["mail"]}
}`;
    const yaml = `name: acme/send
version: 0.1.0
entrypoint: node func.js
format: http
timeout: 1m30s
max_concurrency: "2"
config: {MODE: fast, LEVEL: 3, EMPTY: null}
headers: {X-Kind: [mail]}
`;
    assert.deepEqual(routeIn(json, context, 'json'), routeIn(yaml));
  });

  it('is defined where its name stands', () => {
    const text = '{\n\t"version": "1",\n\t"name": "a"\n}\n';
    const { definitions } = readFunctionFile(text, context, 'json');
    assert.deepEqual(definitions[0]?.range, { offset: text.indexOf('"name"'), length: '"name": "a"'.length });
  });

  it('marks exactly the wrong value', () => {
    const { problems } = readFunctionFile('{"name": "a", "memory": -5, "type": "x"}', context, 'json');
    assert.deepEqual(problems, [
      ['error', '-5', '"memory" cannot be negative; 0 means the default, 128.'],
      ['error', '"x"', '"type" must be "sync" or "async".'],
    ]);
  });

  it('may begin with a byte order mark', () => {
    const text = '\uFEFF{"name": "a"}';
    const { definitions, problems } = readFunctionFile(text, context, 'json');
    assert.deepEqual(problems, []);
    assert.deepEqual(definitions[0]?.range, { offset: 2, length: 11 });
  });

  it('may have keys that mean something to JavaScript', () => {
    const { config } = routeIn('{"name": "a", "config": {"__proto__": "x"}}', context, 'json');
    assert.deepEqual(Object.entries(config), [['__proto__', 'x']]);
  });
});
