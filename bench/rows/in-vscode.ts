import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageExtension } from '../../scripts/package.ts';
import { figureOf } from '../figure.ts';
import type { Stage } from '../stage.ts';
import { quantile } from '../statistics.ts';
import type { Subject } from '../subject.ts';
import { PackagedWindow } from '../vscode/packaged-window.ts';
import type { Activation, HeapGrowth } from '../vscode/tasks.ts';

const fileCounts = [1, 100, 2000];
const windowsEach = 5;
const calls = 100_000;

/** What the packaged extension costs the extension host of a real VS Code. */
export const inVsCode: Subject = {
  name: 'in-vscode',
  // Each figure takes windows of VS Code, which take their time.
  guarded: false,
  measure: async (stage) => {
    await packageExtension();
    const windows = await PackagedWindow.prepare(stage.newFolder('extensions'));
    const folders = new Map(fileCounts.map((count) => [count, folderOf(stage, count)]));
    const activations = new Map<number, Activation[]>(fileCounts.map((count) => [count, []]));
    for (let window = 0; window < windowsEach; window += 1) {
      for (const [count, folder] of folders) {
        activations.get(count)?.push(await windows.run(folder, { kind: 'activation' }));
      }
    }
    const heap = await windows.run<HeapGrowth>(callableFolder(stage), { kind: 'heap', routeId: 'bench/echo', calls });
    const median = (of: readonly Activation[], figure: (one: Activation) => number): number =>
      quantile(of.map(figure), 0.5);
    return [
      ...[...activations].map(([count, measured]) =>
        figureOf(
          {
            id: `activate() with ${count} function files, more than an empty extension's`,
            unit: 'ms',
            value: median(measured, ({ oursMs, emptyMs }) => oursMs - emptyMs),
          },
          { bound: 'at most', mustReach: 15 },
        ),
      ),
      figureOf(
        {
          id: '2000 function files parsed and listed, from activate() on',
          unit: 'ms',
          value: median(activations.get(2000) ?? [], ({ listedMs }) => listedMs),
        },
        { bound: 'at most', mustReach: 1000 },
      ),
      figureOf(
        {
          id: `heap of the extension host after ${calls} calls, more than before`,
          unit: 'MB',
          value: heap.grownBytes / 1e6,
        },
        { bound: 'at most', mustReach: 10 },
      ),
    ];
  },
};

function folderOf(stage: Stage, files: number): string {
  const folder = stage.newFolder(`files-${files}`);
  for (let file = 0; file < files; file += 1) {
    // As in a repository: functions in groups.
    const home = join(folder, `group-${file % 40}`, `function-${file}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'func.yaml'),
      `name: bench/function-${file}\nversion: 1.0.0\nruntime: node\nformat: http\nmemory: 128\nconfig:\n  key: value ${file}\n`,
    );
  }
  return folder;
}

function callableFolder(stage: Stage): string {
  const folder = stage.newFolder('callable');
  writeFileSync(join(folder, 'app.yaml'), 'name: bench\n');
  mkdirSync(join(folder, 'echo'));
  stage.putFunction(join(folder, 'echo'));
  writeFileSync(
    join(folder, 'echo', 'func.yaml'),
    'name: bench/echo\nversion: 1.0.0\nentrypoint: ./function\nformat: http\npath: /echo\n',
  );
  return folder;
}
