import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Lets a page of another origin that may call functions read the answer. The question that a browser asks first is
 * answered here: it carries neither token nor body, and is not the function's.
 */
export function allowOrigin(req: IncomingMessage, res: ServerResponse, origin: string): 'answered' | 'go-on' {
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Vary', 'Origin');
  const method = req.headers['access-control-request-method'];
  if (req.method !== 'OPTIONS' || method === undefined) {
    res.setHeader('Access-Control-Expose-Headers', '*');
    return 'go-on';
  }
  res.setHeader('Access-Control-Allow-Methods', method);
  res.setHeader('Access-Control-Allow-Headers', req.headers['access-control-request-headers'] ?? '');
  res.setHeader('Access-Control-Max-Age', '600');
  res.writeHead(204);
  res.end();
  return 'answered';
}
