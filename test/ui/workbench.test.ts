import { describe } from 'node:test';
import { UiTests } from './harness.ts';

describe('the packaged extension, installed as a user would', () => {
  const ui = new UiTests({ engine: 'process' });

  ui.it('shows the examples in a view of its own', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem('/hot-node').waitFor();
  });

  for (const kind of ['light', 'dark'] as const) {
    ui.it(`is at home in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      await workbench.screenshot(`workbench-${kind}`);
    });
  }
});
