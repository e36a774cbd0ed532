import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { EndpointSources } from './endpoint.ts';

/** Where this process and this machine say that the engine is. */
export function localSources(host?: string): EndpointSources {
  return {
    ...(host && { host }),
    env: process.env,
    homeFolder: homedir(),
    platform: process.platform,
    readFile: async (path) => {
      try {
        return await readFile(path);
      } catch {
        return undefined;
      }
    },
    exists: async (path) => {
      try {
        await access(path);
        return true;
      } catch {
        return false;
      }
    },
  };
}
