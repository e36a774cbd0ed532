import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { ProcessEngine } from '../../src/engines/process/process-engine.ts';
import { describeExamplesOn } from './greet-through-runner.ts';

const storageFolder = mkdtempSync(join(tmpdir(), 'hot-functions-examples-'));
after(() => rmSync(storageFolder, { recursive: true, force: true }));

describeExamplesOn(
  'as a process of this machine',
  async () =>
    new ProcessEngine({
      env: process.env,
      platform: process.platform,
      execPath: process.execPath,
      storageFolder,
      onBuildLog: () => {},
    }),
);
