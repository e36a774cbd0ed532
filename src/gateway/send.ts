import type { ServerResponse } from 'node:http';

/** Answers with JSON as the daemon writes it. */
export function sendJson(res: ServerResponse, status: number, value: unknown, headers: readonly string[] = []): void {
  sendText(res, status, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`, headers);
}

/** Answers with the daemon's form of an error. */
export function sendError(
  res: ServerResponse,
  status: number,
  message: string,
  headers: readonly string[] = [],
  code?: string,
): void {
  sendJson(res, status, { error: code === undefined ? { message } : { message, code } }, headers);
}

export function sendText(
  res: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: readonly string[] = [],
): void {
  const length = String(Buffer.byteLength(text));
  res.writeHead(status, ['Content-Type', type, 'Content-Length', length, ...headers]);
  res.end(text);
}
