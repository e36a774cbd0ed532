// Reads stdin without ever giving its thread back.
import { readSync, writeSync } from 'node:fs';

const chunk = Buffer.alloc(65536);
for (;;) {
  const read = readSync(0, chunk);
  if (read === 0) {
    break;
  }
  const request = chunk.toString('latin1', 0, read);
  const body = `${request.slice(request.indexOf('\r\n\r\n') + 4)} blocks`;
  writeSync(1, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}
