import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HotFunctionsError } from '../../../../src/core/errors.ts';
import { failureLink } from '../../../../src/debug/session/failure-link.ts';

function decoded(url: string): readonly [command: string, argument: unknown] {
  const [command = '', given = ''] = url.split('?');
  return [command, JSON.parse(decodeURIComponent(given))];
}

describe('the button about a session that did not start', () => {
  const missing = new HotFunctionsError('debugger-missing', 'There is none.');
  const route = [{ kind: 'route', routeId: 'app/hello world' }];

  it('starts a new container where nothing can attach to one that runs', () => {
    const { url, urlLabel } = failureLink(missing, 'app/hello world', true);
    assert.deepEqual([urlLabel, ...decoded(url)], ['Restart for Debugging', 'command:hotFunctions.debugRoute', route]);
  });

  it('does what helps with the failure', () => {
    const gone = new HotFunctionsError('image-missing', 'There is none.');
    const { url, urlLabel } = failureLink(gone, 'app/hello world', false);
    assert.deepEqual([urlLabel, ...decoded(url)], ['Open Definition', 'command:hotFunctions.openDefinition', route]);
  });

  it('shows the log of what nobody expected', () => {
    const { url, urlLabel } = failureLink(new TypeError('x is not a function'), 'app/hello world', false);
    assert.deepEqual([urlLabel, decoded(url)[0]], ['Show Log', 'command:hotFunctions.showLog']);
  });
});
