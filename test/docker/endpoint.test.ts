import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { describeOverHttp } from '../gateway/describe-over-http.ts';
import { GatewayUnderTest, post } from '../gateway/gateway-under-test.ts';
import { dockerForRunner } from './docker-for-runner.ts';

describeOverHttp('calls of containers', dockerForRunner);

describe('a call over HTTP whose container cannot be had', () => {
  let bed: GatewayUnderTest;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hot-functions-test-'));
    bed = await GatewayUnderTest.open({}, dockerForRunner, 40);
  });
  after(async () => {
    await bed.close();
    await rm(folder, { recursive: true });
    assert.deepEqual(bed.errors, []);
  });

  it('gives 502 at once for an image that is nowhere', async () => {
    const image = '127.0.0.1:1/no/such:image';
    const url = bed.route({ path: '/nowhere', image, source: { folder: '/nonexistent' } });
    const { status, code } = await post(url, 'x');
    assert.deepEqual([status, code], [502, 'image-missing']);
  });

  it("gives 502 at once for one that cannot start, with the engine's words", async () => {
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\nENTRYPOINT ["/nothing"]\n');
    const image = `${bed.runs.real.name}/nothing:1`;
    const { status, code, text } = await post(bed.route({ path: '/nothing', image, source: { folder } }), 'x');
    assert.deepEqual([status, code], [502, 'start-failed']);
    assert.match(text, /no such file or directory/);
  });

  it('gives 503 at once where its memory can never be had', async () => {
    const { status, code } = await post(bed.route({ path: '/huge', memoryMiB: 41 }), 'x');
    assert.deepEqual([status, code], [503, 'no-memory']);
  });

  it("gives 503 and the daemon's words where no memory is free for ten seconds", async () => {
    const [one, other] = bed.routes({ path: '/one', timeoutMs: 60_000 }, { path: '/other', timeoutMs: 60_000 });
    const controller = new AbortController();
    const busy = bed.runs.container('busy');
    const hanging = post(one, 'hang', { signal: controller.signal }).catch(() => {});
    await busy;
    const { status, text } = await post(other, 'x');
    controller.abort();
    await hanging;
    assert.equal(status, 503);
    assert.match(text, /Task timed out\. No available memory\./);
  });
});
