/** Calls the function at the URL it is given, by one connection, and prints what it was answered as JSON. */
import { Agent, request } from 'node:http';

const url = process.argv[2] ?? '';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * @param {string} method
 * @param {string} target
 * @param {readonly string[]} pieces with more than one, the length is not told
 */
function call(method, target = url, pieces = [], headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(target, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve([answer.statusCode, text]));
    });
    asked.on('error', reject);
    for (const piece of pieces.slice(0, -1)) {
      asked.write(piece);
    }
    asked.end(pieces.at(-1));
  });
}

const [status, large] = await call('POST', url, ['x'.repeat(1_000_000)]);
console.log(
  JSON.stringify({
    'known length': await call('POST', url, ['method']),
    chunks: await call('PUT', url, ['met', 'hod']),
    query: await call('GET', `${url}?payload=method`),
    head: await call('HEAD', `${url}?payload=method`),
    status: await call('POST', url, ['status']),
    missing: await call('GET', `${url}-not`),
    large: [status, large.length],
  }),
);
agent.destroy();
