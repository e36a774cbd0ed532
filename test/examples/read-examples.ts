import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { linkRoutes } from '../../src/core/files/link-routes.ts';
import { parseAppFile } from '../../src/core/files/parse-app-file.ts';
import { parseFunctionFile } from '../../src/core/files/parse-function-file.ts';
import { parseRouteFile } from '../../src/core/files/parse-route-file.ts';
import type { Route } from '../../src/core/route.ts';

const examples = join(import.meta.dirname, '../../examples');

/** The routes of `examples/` as the extension reads them, and whatever it finds wrong with them. */
export function readExamples(): { readonly routes: readonly Route[]; readonly problems: readonly string[] } {
  const read = (file: string) => readFileSync(join(examples, file), 'utf8');
  const app = parseAppFile(read('app.yaml'));
  if (app.kind === 'foreign') {
    return { routes: [], problems: ['app.yaml is foreign'] };
  }
  const context = (file: string) => ({
    app: { name: app.name ?? '', config: app.config },
    folder: join(examples, dirname(file)),
    folderBelowApp: dirname(file) === '.' ? '' : dirname(file).replaceAll(sep, '/'),
  });
  const parsed = [
    ...globSync('*/func.yaml', { cwd: examples }).map(
      (file) => [file, parseFunctionFile(read(file), context(file), 'yaml')] as const,
    ),
    ['hotroute.json', parseRouteFile(read('hotroute.json'), context('hotroute.json'))] as const,
  ];
  const linked = linkRoutes(
    parsed.map(([uri, file]) => ({ uri, ...(file.kind === 'functions' ? file : { definitions: [] }) })),
  );
  const problems = [
    ...app.problems.map(({ message }) => `app.yaml: ${message}`),
    ...parsed.flatMap(([file, said]) =>
      said.kind === 'functions' ? said.problems.map(({ message }) => `${file}: ${message}`) : [`${file} is foreign`],
    ),
    ...linked.problems.map(({ uri, problem }) => `${uri}: ${problem.message}`),
  ];
  return { routes: linked.routes.map(({ route }) => route), problems };
}
