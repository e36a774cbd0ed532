import type { FunctionCommand } from '../../core/engine.ts';
import type { Route } from '../../core/route.ts';
import type { LanguageId } from './debug-language.ts';
import { baseName } from './relays.ts';

interface Signs {
  readonly id: LanguageId;
  readonly runtime: RegExp;
  /** A program of the command. */
  readonly program: RegExp;
  /** A file that the command names. */
  readonly source: RegExp;
  /** A file of its project. */
  readonly project: RegExp;
}

const signs: readonly Signs[] = [
  {
    id: 'node',
    runtime: /^(node(js)?|javascript|typescript)$/,
    program: /^(node(js)?|npm|npx|pnpm|yarn|tsx|ts-node)$/,
    source: /\.[cm]?[jt]s$/,
    project: /^package\.json$/,
  },
  {
    id: 'python',
    runtime: /^python$/,
    program: /^(python|poetry|pipenv|uv)$/,
    source: /\.py$/,
    project: /^(requirements.*\.txt|pyproject\.toml|Pipfile)$/,
  },
  { id: 'go', runtime: /^go(lang)?$/, program: /^(go|dlv)$/, source: /\.go$/, project: /^go\.mod$/ },
  { id: 'ruby', runtime: /^ruby$/, program: /^(ruby|bundle)$/, source: /\.rb$/, project: /^Gemfile$/ },
  {
    id: 'java',
    runtime: /^(java|kotlin|jvm)$/,
    program: /^java$/,
    source: /\.(java|jar|kt)$/,
    project: /^(pom\.xml|build\.gradle(\.kts)?)$/,
  },
  { id: 'php', runtime: /^php$/, program: /^php$/, source: /\.php$/, project: /^composer\.json$/ },
];

/**
 * The language of a function: what it says itself, else what its command runs, else what lies in its folder. A
 * language that we have no debugger for, and one that cannot be told, are undefined.
 *
 * @param files names in the function's folder
 */
export function detectLanguage(
  route: Route,
  found: FunctionCommand | undefined,
  files: readonly string[],
): LanguageId | undefined {
  const { runtime, entrypoint = [], cmd = [] } = route.source ?? {};
  const argv = found?.argv ?? [...entrypoint, ...cmd];
  const words = argv.map(baseName);
  const byCommand =
    idWhere(({ program }) => words.some((word) => program.test(withoutVersion(word)))) ??
    idWhere(({ source }) => words.some((word) => source.test(word)));
  if (byCommand !== undefined) {
    return byCommand;
  }
  if (runtime !== undefined) {
    return idWhere((sign) => sign.runtime.test(withoutVersion(runtime.toLowerCase())));
  }
  // What is started by the name it was built with, or by a script.
  return (
    idWhere(({ project }) => files.some((file) => project.test(file))) ??
    idWhere(({ source }) => files.some((file) => /^(func|main|index|app|handler)\./.test(file) && source.test(file))) ??
    idWhere(({ source }) => files.some((file) => source.test(file)))
  );
}

function idWhere(isShown: (sign: Signs) => boolean): LanguageId | undefined {
  return signs.find(isShown)?.id;
}

/** `python3.12` and `node22.exe` are versions of a language. */
function withoutVersion(name: string): string {
  return name.replace(/(\.exe)?$/, '').replace(/[\d.]+$/, '');
}
