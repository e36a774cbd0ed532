import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const examples = join(import.meta.dirname, '../../examples');

export interface ExampleFunction {
  readonly folder: string;
  readonly command: readonly [program: string, ...args: string[]];
}

/** An example with the command its func.yaml stands for, as someone would type it. Go is built into `buildFolder`. */
export function prepareExample(name: string, buildFolder: string): ExampleFunction {
  const folder = join(examples, name);
  const { runtime, entrypoint } = parse(readFileSync(join(folder, 'func.yaml'), 'utf8')) as Record<string, unknown>;
  if (typeof entrypoint === 'string') {
    const [program = '', ...args] = entrypoint.split(' ');
    return { folder, command: [program, ...args] };
  }
  switch (runtime) {
    case 'node':
      return { folder, command: [process.execPath, 'func.js'] };
    case 'python':
      return { folder, command: ['python3', 'func.py'] };
    case 'go': {
      const binary = join(buildFolder, name);
      execFileSync('go', ['build', '-buildvcs=false', '-o', binary, '.'], {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: '0' },
      });
      return { folder, command: [binary] };
    }
    default:
      throw new Error(`${name}/func.yaml says neither an entrypoint nor a known runtime`);
  }
}
