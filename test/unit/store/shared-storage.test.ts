import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sharedStorage } from '../../../src/store/shared-storage.ts';
import { temporaryFolder } from './call-bed.ts';

describe('the storage of a window', () => {
  let storages: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    storages = await temporaryFolder();
    await mkdir(join(storages.path, 'a1b2'));
  });
  after(() => storages.remove());

  const given: Readonly<Record<string, string>> = {
    a1b2: 'a1b2',
    'a1b2-1': 'a1b2',
    'a1b2-9': 'a1b2',
    'a1b2-10': 'a1b2-10',
    '-7': '-7',
    'another-1': 'another-1',
  };
  for (const [workspace, shared] of Object.entries(given)) {
    it(`that is given "${workspace}" is that of "${shared}"`, () => {
      const folder = sharedStorage(join(storages.path, workspace, 'an.extension'));
      assert.equal(folder, join(storages.path, shared, 'an.extension'));
    });
  }
});
