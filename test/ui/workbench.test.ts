import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { UiTests } from './harness.ts';

describe('the packaged extension, installed as a user would', () => {
  const ui = new UiTests({ engine: 'process' });

  ui.it('has its commands in the palette', async (workbench) => {
    const rows = await workbench.openPalette('>Hot Functions: Invoke');
    assert.match((await rows.first().textContent()) ?? '', /Hot Functions: Invoke Function…/);
    await workbench.screenshot('palette');
    await workbench.page.keyboard.press('Escape');
  });

  for (const kind of ['light', 'dark'] as const) {
    ui.it(`is at home in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      await workbench.screenshot(`workbench-${kind}`);
    });
  }
});
