import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LayerProgress } from '../../../../src/engines/docker/layer-progress.ts';

describe('LayerProgress', () => {
  it('knows nothing before a size is known', () => {
    assert.equal(new LayerProgress().update('a', 'Pulling fs layer', 0, 0), undefined);
  });

  it('counts a layer once downloaded and once unpacked', () => {
    const progress = new LayerProgress();
    const steps = [
      progress.update('a', 'Downloading', 50, 100),
      progress.update('a', 'Download complete', 0, 0),
      progress.update('a', 'Extracting', 50, 100),
      progress.update('a', 'Pull complete', 0, 0),
    ];
    assert.deepEqual(steps, [0.25, 0.5, 0.75, 1]);
  });

  it('adds layers up by their sizes', () => {
    const progress = new LayerProgress();
    progress.update('small', 'Downloading', 0, 100);
    progress.update('large', 'Downloading', 0, 300);
    assert.equal(progress.update('large', 'Pull complete', 0, 0), 0.75);
  });

  it('never goes back when a layer becomes known later', () => {
    const progress = new LayerProgress();
    progress.update('a', 'Pull complete', 100, 100);
    assert.equal(progress.update('b', 'Downloading', 0, 900), 1);
  });
});
