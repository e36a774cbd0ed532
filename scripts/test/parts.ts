import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from '../clean-up.ts';
import { nodeBinary } from '../setup/nodes.mjs';
import { runBounded } from './bounded-process.ts';
import { check, checkWith } from './checks.ts';
import { countSuite, type Outcome } from './counts.ts';
import { runNodeSuite } from './node-suite.ts';
import type { Surroundings } from './surroundings.ts';

export interface Part {
  /** By which it is chosen: `npm test -- unit`. Several parts may share one. */
  readonly name: string;
  readonly title: string;
  readonly run: () => Promise<Outcome>;
}

const MINUTE_MS = 60_000;
const hostRun = fileURLToPath(new URL('../../test/host/run.ts', import.meta.url));

/** Everything that `npm test` runs, what is quick and finds most first. */
export function testParts(surroundings: Surroundings, cleanUp: CleanUp): readonly Part[] {
  const isCi = process.env['CI'] !== undefined && process.env['CI'] !== 'false';
  const suite = (options: {
    readonly folder: string;
    readonly log?: string;
    readonly node?: '22' | '24';
    readonly boundMinutes: number;
    readonly oneByOne?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  }) =>
    countSuite(
      (countsFile) =>
        runNodeSuite(
          {
            node: nodeBinary(options.node ?? '24'),
            pattern: `test/${options.folder}/**/*.test.ts`,
            boundMs: options.boundMinutes * MINUTE_MS,
            oneByOne: options.oneByOne ?? false,
            env: options.env ?? {},
            logFile: surroundings.logFile(options.log ?? options.folder),
          },
          countsFile,
          cleanUp,
        ),
      isCi,
    );
  const unit = async (node: '22' | '24') => {
    await surroundings.tools();
    return suite({ folder: 'unit', boundMinutes: 3, log: `unit-${node}`, node });
  };
  const inVsCode = async (engine: 'docker' | 'process') => {
    const executable = await surroundings.vscode();
    await surroundings.debuggers();
    const env = {
      ...(await surroundings.variables()),
      ...(engine === 'docker' ? await surroundings.docker() : {}),
    };
    const command = [process.execPath, hostRun, engine, executable] as const;
    return countSuite(
      (countsFile) =>
        runBounded(
          {
            command: [...command, countsFile],
            env,
            boundMs: 5 * MINUTE_MS,
            logFile: surroundings.logFile(`host-${engine}`),
          },
          cleanUp,
        ),
      isCi,
    );
  };

  return [
    {
      name: 'lint',
      title: 'Format, lint and import boundaries',
      run: () => checkWith('biome', 'check', '--error-on-warnings'),
    },
    { name: 'promises', title: 'No promise is left alone', run: () => checkWith('oxlint', '--type-aware') },
    { name: 'types', title: 'Types', run: () => checkWith('tsc') },
    { name: 'unused', title: 'Dead code and dependencies', run: () => checkWith('knip') },
    {
      name: 'build',
      title: 'Bundle and package, within their budgets',
      run: () => check('package', surroundings.packagedExtension),
    },
    { name: 'unit', title: 'Unit, Node 24', run: () => unit('24') },
    { name: 'unit', title: 'Unit, Node 22', run: () => unit('22') },
    { name: 'store', title: 'Calls that survive, Node 24', run: () => suite({ folder: 'store', boundMinutes: 3 }) },
    {
      name: 'store',
      title: 'Calls that survive, Node 22',
      run: () => suite({ folder: 'store', boundMinutes: 3, log: 'store-22', node: '22' }),
    },
    {
      name: 'examples',
      title: 'Examples by themselves',
      run: async () => {
        await surroundings.tools();
        return suite({ folder: 'examples', boundMinutes: 3 });
      },
    },
    {
      name: 'processes',
      title: 'The contract, on processes of this machine',
      run: async () => {
        await surroundings.tools();
        return suite({ folder: 'processes', boundMinutes: 3 });
      },
    },
    {
      name: 'gateway',
      title: 'The local endpoint, with real and with hostile callers',
      run: async () => {
        await surroundings.tools();
        await surroundings.callers();
        return suite({ folder: 'gateway', boundMinutes: 3 });
      },
    },
    {
      name: 'docker',
      title: 'Against a Docker Engine',
      run: async () => {
        await surroundings.tools();
        return suite({ folder: 'docker', boundMinutes: 8, oneByOne: true, env: await surroundings.docker() });
      },
    },
    {
      name: 'debug',
      title: "Each language's debugger, on both engines",
      run: async () => {
        await surroundings.tools();
        await surroundings.debuggers();
        return suite({ folder: 'debug', boundMinutes: 5, oneByOne: true, env: await surroundings.docker() });
      },
    },
    { name: 'host', title: 'In VS Code, process engine', run: () => inVsCode('process') },
    { name: 'host', title: 'In VS Code, Docker engine', run: () => inVsCode('docker') },
    {
      name: 'ui',
      title: 'As a user, through the window of VS Code',
      run: async () => {
        await surroundings.browser();
        const env = { ...(await surroundings.variables()), ...(await surroundings.docker()) };
        return suite({ folder: 'ui', boundMinutes: 10, oneByOne: true, env });
      },
    },
  ];
}
