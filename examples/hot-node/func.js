import http from 'node:http';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';

console.log = console.error; // stdout is for answers only

let calls = 0;

async function answer(request, response) {
  const call = ++calls;
  // The caller's request and your config are headers: Method, Route, Request_url, Header_*, Greeting.
  const { method, route, header_x_greeting, greeting = 'Hello' } = request.headers;
  const payload = await buffer(request);
  const before = `${header_x_greeting ?? greeting} `;
  const after = `\n${method} ${route}, call ${call} of this process\n`;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(
    Buffer.concat([
      Buffer.from(before, 'latin1'),
      payload.length > 0 ? payload : Buffer.from('World'),
      Buffer.from(after, 'latin1'),
    ]),
  );
}

// Node's own HTTP server, on stdin and stdout instead of a socket. Ends by itself at the end of stdin.
const stdio = new Duplex({
  read: () => process.stdin.resume(),
  write: (chunk, _encoding, done) => process.stdout.write(chunk, done),
});
process.stdin.on('data', (chunk) => stdio.push(chunk) || process.stdin.pause());
http.createServer({ keepAliveTimeout: 0, requireHostHeader: false }, answer).emit('connection', stdio);
