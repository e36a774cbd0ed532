import { buffer } from 'node:stream/consumers';

const payload = await buffer(process.stdin);

// The rest of the request is environment: METHOD, ROUTE, REQUEST_URL, HEADER_* and your config.
const { METHOD, ROUTE, HEADER_X_GREETING, GREETING = 'Hello' } = process.env;

process.stdout.write(`${HEADER_X_GREETING ?? GREETING} `);
process.stdout.write(payload.length > 0 ? payload : 'World');
process.stdout.write(`\n${METHOD} ${ROUTE}\n`);
