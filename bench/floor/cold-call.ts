import type { RawEngine } from './raw-engine.ts';

/** One call of a cold function. @returns its container, which is still to be removed */
export async function coldCall(engine: RawEngine, image: string, payload: Uint8Array): Promise<string> {
  const id = await engine.create(image, []);
  const socket = await engine.attach(id);
  const ended = new Promise((resolve) => socket.on('end', resolve));
  socket.resume();
  await engine.post(`/containers/${id}/start`);
  socket.end(payload);
  await Promise.all([engine.post(`/containers/${id}/wait`), ended]);
  return id;
}
