import { closestName } from './closest-name.ts';
import type { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import type { TextMap } from './text-tree.ts';

const routeFields = [
  'path',
  'memory',
  'type',
  'format',
  'max_concurrency',
  'timeout',
  'idle_timeout',
  'config',
  'headers',
  'jwt_key',
] as const;

/** What func.yaml and func.json consist of. */
export const functionFields: ReadonlySet<string> = new Set([
  'name',
  'version',
  'runtime',
  'entrypoint',
  'cmd',
  'build',
  'tests',
  ...routeFields,
]);

/** What Fn, which reads the same files, has added since. They mean nothing here, and that is no mistake. */
export const newerFunctionFields: ReadonlySet<string> = new Set([
  'schema_version',
  'build_image',
  'run_image',
  'content_type',
  'annotations',
  'triggers',
  'expects',
  'cpus',
]);

/** What a `route` object of the HTTP API consists of. */
export const routeJsonFields: ReadonlySet<string> = new Set(['app_name', 'image', ...routeFields]);

/** A test of func.yaml; `input` and `output` are Fn's names. */
export const testFields: ReadonlySet<string> = new Set(['name', 'in', 'out', 'err', 'env', 'input', 'output']);

interface FieldTable {
  readonly known: ReadonlySet<string>;
  /** Known to others, silently ignored by us. */
  readonly ignored?: ReadonlySet<string>;
  /** Fields of another kind of file, and what to do instead. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** Misspelt fields would otherwise be silently without effect. */
export function warnOfUnknownFields(map: TextMap, table: FieldTable, problems: ProblemList): void {
  for (const { key, keyRange } of map.entries.values()) {
    if (problems.isFull) {
      return;
    }
    if (table.known.has(key) || table.ignored?.has(key)) {
      continue;
    }
    const elsewhere = table.elsewhere?.get(key);
    const closest = elsewhere === undefined ? closestName(key, table.known) : undefined;
    const advice = elsewhere ?? (closest === undefined ? 'It is ignored.' : `Did you mean ${quoted(closest)}?`);
    problems.warning(keyRange, `Unknown field ${quoted(key)}. ${advice}`);
  }
}
