import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const routes = [
  routeWith({
    path: '/hot',
    image: 'iron/hchttp',
    format: 'http',
    config: { APP_CFG: 'from-app', 'route-cfg': 'from route', API_KEY: 'k' },
    headers: [
      ['X-A', '1'],
      ['X-A', '2'],
    ],
    jwtKey: 'never shown',
  }),
  routeWith({ path: '/cold', image: 'iron/hellocold' }),
  routeWith({ app: 'other', path: '/x/y', image: 'iron/x' }),
];
const hot = {
  app_name: 'myapp',
  path: '/hot',
  image: 'iron/hchttp',
  memory: 128,
  headers: { 'X-A': ['1', '2'] },
  type: 'sync',
  format: 'http',
  max_concurrency: 1,
  timeout: 30,
  idle_timeout: 30,
  config: { 'route-cfg': 'from route', API_KEY: '***' },
  jwt_key: '',
};
const cold = {
  ...hot,
  path: '/cold',
  image: 'iron/hellocold',
  headers: {},
  format: 'default',
  idle_timeout: 0,
  config: {},
};
const deep = { ...cold, app_name: 'other', path: '/x/y', image: 'iron/x' };
const myapp = { name: 'myapp', config: { APP_CFG: 'from-app' } };

/** As the daemon answers, keys in its order. */
const answers: Readonly<Record<string, readonly [status: number, value: unknown]>> = {
  '/': [200, { hello: 'world!' }],
  '/version': [200, { version: '1.2.3' }],
  '/stats': [200, { Queue: 0, Running: 0, Complete: 0 }],
  '/ping': [404, 'Not Found'],
  '/v1': [404, 'Not Found'],
  '/v1/apps': [200, { message: 'Successfully listed applications', apps: [myapp, { name: 'other', config: {} }] }],
  '/v1/apps/myapp': [200, { message: 'Successfully loaded app', app: myapp }],
  '/v1/apps/nothing': [404, { error: { message: 'App not found' } }],
  '/v1/apps/myapp/routes': [200, { message: 'Sucessfully listed routes', routes: [hot, cold] }],
  '/v1/routes': [200, { message: 'Sucessfully listed routes', routes: [hot, cold, deep] }],
  '/v1/apps/nothing/routes': [404, { error: { message: 'App not found' } }],
  '/v1/apps/myapp/routes/hot': [200, { message: 'Successfully loaded route', route: hot }],
  '/v1/apps/other/routes/x%2Fy': [200, { message: 'Successfully loaded route', route: deep }],
  '/v1/apps/myapp/routes/nothing': [404, { error: { message: 'Route not found' } }],
  '/v1/apps/%zz': [404, 'Not Found'],
};

describe('what clients of the daemon ask', () => {
  let bed: GatewayBed;
  const open = async (): Promise<void> => {
    bed = await GatewayBed.open(routes, { apps: () => [myapp] });
  };
  afterEach(() => bed.close());

  for (const [path, [status, value]] of Object.entries(answers)) {
    it(`is answered at ${path}`, async () => {
      await open();
      const response = await fetch(bed.url + path);
      assert.deepEqual(
        [response.status, response.headers.get('content-type'), await response.text()],
        [status, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`],
      );
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    it(`is not to be changed by ${method}`, async () => {
      await open();
      const response = await fetch(`${bed.url}/v1/apps/myapp`, { method });
      const told = await response.text();
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
      assert.match(told, /files of the workspace/);
    });
  }

  it('is what runs and what has run', async () => {
    await open();
    const first = fetch(`${bed.url}/r/myapp/hot`, { headers: { Authorization: 'x' } });
    await (await first).text();
    const calls = [bed.runs.call(routes[2] ?? routeWith()), bed.runs.call(routeWith({ format: 'http' }))];
    (await bed.asked(1)).answer('');
    await calls[1];
    const response = await fetch(`${bed.url}/stats`);
    assert.deepEqual(await response.json(), { Queue: 0, Running: 1, Complete: 1 });
  });

  it('is told for Prometheus', async () => {
    const [a, b] = [routeWith({ path: '/a', format: 'http' }), routeWith({ path: '/b', format: 'http' })];
    bed = await GatewayBed.open([a, b]);
    const waiting = bed.runs.call(b);
    const call = bed.runs.call(a);
    (await bed.asked(1)).answer('');
    await call;
    const response = await fetch(`${bed.url}/metrics`);
    const lines = (await response.text()).split('\n').filter((line) => /^hot_functions_(calls|containers)/.test(line));
    (await bed.asked(0)).answer('');
    await waiting;
    assert.deepEqual(
      [response.headers.get('content-type'), lines],
      [
        'text/plain; version=0.0.4; charset=utf-8',
        [
          'hot_functions_calls_total{route="myapp/a",state="answered",temperature="started-hot"} 1',
          'hot_functions_calls{route="myapp/b",state="running"} 1',
          'hot_functions_containers{route="myapp/b",format="http",state="busy"} 1',
          'hot_functions_containers{route="myapp/a",format="http",state="idle"} 1',
        ],
      ],
    );
  });
});
