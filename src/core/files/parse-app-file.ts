import { whatIsWrongWithAppName } from './app-name.ts';
import { warnOfUnknownFields } from './known-fields.ts';
import type { Problem } from './parsed-file.ts';
import { ProblemList } from './problem-list.ts';
import { type Config, readConfig } from './read-config.ts';
import { readText } from './read-fields.ts';
import { isBlank, readTree, saysNothing } from './read-tree.ts';
import { firstLine, type TextMap, valueRange } from './text-tree.ts';

const appFields: ReadonlySet<string> = new Set(['name', 'config']);
const newerAppFields: ReadonlySet<string> = new Set(['annotations', 'syslog_url']);
/** Of App Engine, App Platform and Kubernetes, whose files are called app.yaml too. */
const foreignFields = [
  'apiVersion',
  'kind',
  'spec',
  'runtime',
  'handlers',
  'service',
  'services',
  'static_sites',
  'workers',
  'jobs',
];

/** What an app.yaml says. An app whose `name` is absent or wrong is called after the workspace folder. */
export type ParsedApp =
  | {
      readonly kind: 'app';
      readonly name: string | undefined;
      readonly config: Config;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'foreign' };

export function parseAppFile(text: string): ParsedApp {
  const problems = new ProblemList(text);
  const app = (name: string | undefined, config: Config): ParsedApp => ({
    kind: 'app',
    name,
    config,
    problems: problems.sorted(),
  });
  const root = isBlank(text) ? undefined : readTree(text, 'yaml', problems);
  const isReadable = problems.errorCount === 0;
  if (isReadable && saysNothing(root)) {
    problems.warning(firstLine(text), 'This app file is empty: it needs a "name".');
    return app(undefined, {});
  }
  if (root?.kind !== 'map') {
    return isReadable ? { kind: 'foreign' } : app(undefined, {});
  }
  const keys = [...root.entries.keys()];
  if (keys.some((key) => foreignFields.includes(key)) || !keys.some((key) => appFields.has(key))) {
    return { kind: 'foreign' };
  }
  if (!isReadable) {
    return app(undefined, {});
  }
  warnOfUnknownFields(root, { known: appFields, ignored: newerAppFields }, problems);
  return app(readAppName(root, problems), readConfig(root.entries.get('config'), problems));
}

function readAppName(root: TextMap, problems: ProblemList): string | undefined {
  const entry = root.entries.get('name');
  const name = readText(entry, problems);
  const errorsBefore = problems.errorCount;
  if (entry === undefined || name === undefined) {
    if (entry === undefined || entry.value.kind === 'scalar') {
      const place = entry ?? [...root.entries.values()][0];
      problems.warning(place?.keyRange ?? root.range, '"name" is missing: the app is called after its folder.');
    }
    return undefined;
  }
  const wrong = whatIsWrongWithAppName(name);
  if (wrong !== undefined) {
    problems.error(valueRange(entry), `"name" ${wrong}.`);
  }
  return problems.errorCount > errorsBefore ? undefined : name;
}
