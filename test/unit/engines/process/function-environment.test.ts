import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functionEnvironment } from '../../../../src/engines/process/function-environment.ts';

describe('functionEnvironment', () => {
  it('has path, home and locale of the machine, the variables of the contract, and nothing else', () => {
    const machine = {
      PATH: '/bin',
      HOME: '/home/me',
      LANG: 'C.UTF-8',
      LC_ALL: 'C',
      AWS_SECRET_ACCESS_KEY: 'secret',
      TMPDIR: '/tmp/mine',
      ELECTRON_RUN_AS_NODE: '1',
    };
    assert.deepEqual(functionEnvironment(machine, { FN_FORMAT: 'http', GREETING: 'hello' }, 'linux'), {
      PATH: '/bin',
      HOME: '/home/me',
      LANG: 'C.UTF-8',
      LC_ALL: 'C',
      FN_FORMAT: 'http',
      GREETING: 'hello',
    });
  });

  it('lets config choose another path and home', () => {
    assert.deepEqual(functionEnvironment({ PATH: '/bin', HOME: '/home/me' }, { PATH: '/opt', HOME: '/x' }, 'linux'), {
      PATH: '/opt',
      HOME: '/x',
    });
  });

  it('does not let config take the path away', () => {
    assert.deepEqual(functionEnvironment({ PATH: '/bin' }, { PATH: '' }, 'linux'), { PATH: '/bin' });
  });

  it('has the temporary folder on macOS, where there is none without it', () => {
    assert.deepEqual(functionEnvironment({ TMPDIR: '/var/t' }, {}, 'darwin'), { TMPDIR: '/var/t' });
  });

  it('finds the variables of Windows however they are spelled', () => {
    assert.deepEqual(functionEnvironment({ Path: 'C:\\bin', SystemRoot: 'C:\\Windows', OneDrive: 'x' }, {}, 'win32'), {
      PATH: 'C:\\bin',
      SYSTEMROOT: 'C:\\Windows',
    });
  });
});
