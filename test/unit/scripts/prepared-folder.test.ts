import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ensureFolder } from '../../../scripts/setup/prepared-folder.mjs';

describe('a folder that is prepared once', () => {
  let parent: string;
  let directory: string;
  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'hf-prepared-'));
    directory = path.join(parent, 'tool');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const fillWith = (text: string) => (staging: string) => writeFileSync(path.join(staging, 'tool.txt'), text);
  const content = () => readFileSync(path.join(directory, 'tool.txt'), 'utf8');

  it('is filled the first time', async () => {
    await ensureFolder(directory, '1', fillWith('one'));
    assert.equal(content(), 'one');
  });

  it('is left alone while its version stays', async () => {
    await ensureFolder(directory, '1', fillWith('one'));
    await ensureFolder(directory, '1', fillWith('again'));
    assert.equal(content(), 'one');
  });

  it('is made anew for another version', async () => {
    await ensureFolder(directory, '1', fillWith('one'));
    await ensureFolder(directory, '2', fillWith('two'));
    assert.equal(content(), 'two');
  });

  it('stays as it was when filling it fails, and nothing is left beside it', async () => {
    await ensureFolder(directory, '1', fillWith('one'));
    const failing = (staging: string) => {
      fillWith('half')(staging);
      throw new Error('no network');
    };
    await assert.rejects(ensureFolder(directory, '2', failing), { message: 'no network' });
    assert.deepEqual([content(), readdirSync(parent)], ['one', ['tool']]);
  });

  it('removes what a killed run has left beside it', async () => {
    // No process has this number: Linux and macOS give none above 2^22.
    mkdirSync(`${directory}.99999999`);
    await ensureFolder(directory, '1', fillWith('one'));
    assert.deepEqual(readdirSync(parent), ['tool']);
  });

  it('is taken from the run that was faster', async () => {
    await ensureFolder(directory, '1', async (staging) => {
      fillWith('slow')(staging);
      const faster = path.join(parent, 'faster');
      await ensureFolder(faster, '1', fillWith('fast'));
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      for (const name of readdirSync(faster)) {
        writeFileSync(path.join(directory, name), readFileSync(path.join(faster, name)));
      }
    });
    assert.equal(content(), 'fast');
  });
});
