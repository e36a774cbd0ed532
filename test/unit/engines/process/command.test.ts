import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { FunctionSource } from '../../../../src/core/route.ts';
import { commandOf } from '../../../../src/engines/process/command.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function command(source: Omit<FunctionSource, 'folder'>, ...files: string[]) {
  for (const file of files) {
    await writeFile(join(folder, file), '');
  }
  return commandOf({ routeId: 'app/route', image: 'image', source: { folder, ...source } });
}

describe('commandOf', () => {
  it('is the entrypoint and then the cmd', async () => {
    assert.deepEqual(await command({ runtime: 'node', entrypoint: ['node', 'a.js'], cmd: ['--fast'] }, 'func.js'), {
      kind: 'program',
      programs: ['node'],
      args: ['a.js', '--fast'],
    });
  });

  for (const [runtime, files, expected] of [
    ['node', ['func.js', 'index.js'], { kind: 'program', programs: ['node'], args: ['func.js'] }],
    ['node', ['index.js'], { kind: 'program', programs: ['node'], args: ['index.js'] }],
    ['nodejs', ['func.mjs'], { kind: 'program', programs: ['node'], args: ['func.mjs'] }],
    ['node22', ['func.cjs'], { kind: 'program', programs: ['node'], args: ['func.cjs'] }],
    ['python', ['func.py'], { kind: 'program', programs: ['python3', 'python'], args: ['func.py'] }],
    ['python3', ['func.py'], { kind: 'program', programs: ['python3', 'python'], args: ['func.py'] }],
    ['python3.12', ['func.py'], { kind: 'program', programs: ['python3', 'python'], args: ['func.py'] }],
    ['ruby', ['func.rb'], { kind: 'program', programs: ['ruby'], args: ['func.rb'] }],
    ['php', ['func.php'], { kind: 'program', programs: ['php'], args: ['func.php'] }],
    ['shell', ['func.sh'], { kind: 'program', programs: ['sh'], args: ['func.sh'] }],
    ['bash', ['func.sh'], { kind: 'program', programs: ['bash'], args: ['func.sh'] }],
    ['go', [], { kind: 'go' }],
  ] as const) {
    it(`follows from the runtime ${runtime} and ${files.join(', ') || 'no file'}`, async () => {
      assert.deepEqual(await command({ runtime }, ...files), expected);
    });
  }

  for (const runtime of ['java', 'rust', 'dotnet', 'lambda-nodejs4.3']) {
    it(`needs an entrypoint or Docker for ${runtime}`, async () => {
      await assert.rejects(command({ runtime }), {
        code: 'needs-docker',
        message: `app/route has the runtime ${runtime}, which needs an entrypoint or Docker.`,
      });
    });
  }

  it('needs Docker without code', async () => {
    await assert.rejects(commandOf({ routeId: 'app/route', image: 'image' }), {
      code: 'needs-docker',
      message: 'app/route has an image and no code, so it runs in Docker only.',
    });
  });

  it('needs Docker without runtime and entrypoint', async () => {
    await assert.rejects(command({}), {
      code: 'needs-docker',
      message: 'app/route names no command, so it runs in Docker only.',
    });
  });

  it('names the file that a runtime needs', async () => {
    await assert.rejects(command({ runtime: 'python' }), {
      code: 'start-failed',
      message: `app/route: there is no func.py in ${folder}.`,
    });
  });
});
