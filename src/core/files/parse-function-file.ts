import { parseArgsStringToArgv } from 'string-argv';
import type { FunctionSource } from '../route.ts';
import { functionFields, newerFunctionFields, testFields, warnOfUnknownFields } from './known-fields.ts';
import type { FileContext, ParsedFile, RouteDefinition } from './parsed-file.ts';
import { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { isEmpty, readText } from './read-fields.ts';
import { checkImage, readPath, readRouteSettings, routeOf, whatIsWrongWithPath } from './read-route.ts';
import { isBlank, readTree, type Syntax, saysNothing } from './read-tree.ts';
import { firstLine, type TextEntry, type TextMap, type TextNode, valueRange } from './text-tree.ts';

/** Knative Functions calls its file func.yaml too: since 2021 with a `specVersion`, before that with these. */
const foreignFields = ['specVersion', 'apiVersion', 'namespace', 'imageDigest', 'buildpacks', 'healthEndpoints'];

const routeJsonOnly: ReadonlyMap<string, string> = new Map([
  ['image', 'Here the image is called by "name" and "version".'],
  ['app_name', 'Here the app is that of the nearest app.yaml.'],
]);

/** The text of func.yaml, func.yml or func.json: one route. */
export function parseFunctionFile(text: string, context: FileContext, syntax: Syntax): ParsedFile {
  const problems = new ProblemList(text);
  const functions = (definitions: readonly RouteDefinition[]): ParsedFile => ({
    kind: 'functions',
    definitions,
    problems: problems.sorted(),
  });
  const root = isBlank(text) ? undefined : readTree(text, syntax, problems);
  const isReadable = problems.errorCount === 0;
  if (isReadable && saysNothing(root)) {
    problems.warning(firstLine(text), 'This function file is empty: it needs at least a "name".');
    return functions([]);
  }
  if (isForeign(root, isReadable)) {
    return { kind: 'foreign' };
  }
  if (!isReadable || root?.kind !== 'map') {
    return functions([]);
  }
  const table = { known: functionFields, ignored: newerFunctionFields, elsewhere: routeJsonOnly };
  warnOfUnknownFields(root, table, problems);
  const definition = readFunction(root, context, problems);
  return functions(definition === undefined ? [] : [definition]);
}

function isForeign(root: TextNode | undefined, isReadable: boolean): boolean {
  if (root?.kind !== 'map') {
    return isReadable;
  }
  const keys = [...root.entries.keys()];
  if (keys.some((key) => foreignFields.includes(key))) {
    return true;
  }
  const hasOurs = keys.some((key) => functionFields.has(key));
  // A file that broke before its first field may well be ours.
  return !hasOurs && (isReadable || keys.length > 0);
}

function readFunction(root: TextMap, context: FileContext, problems: ProblemList): RouteDefinition | undefined {
  const errorsBefore = problems.errorCount;
  const nameEntry = root.entries.get('name');
  const image = readImage(root, problems);
  const path = readFunctionPath(root, context, problems);
  const settings = readRouteSettings(root, { units: true }, problems);
  const source = readSource(root, context, problems);
  checkBuild(root.entries.get('build'), problems);
  checkTests(root.entries.get('tests'), problems);
  if (nameEntry === undefined || image === undefined || path === undefined || problems.errorCount > errorsBefore) {
    return undefined;
  }
  return { route: routeOf(context.app, { path, image }, settings, source), range: nameEntry.range };
}

function readImage(root: TextMap, problems: ProblemList): string | undefined {
  const nameEntry = root.entries.get('name');
  const versionEntry = root.entries.get('version');
  const name = readText(nameEntry, problems);
  const version = readText(versionEntry, problems);
  if (nameEntry === undefined || name === undefined) {
    if (nameEntry === undefined || nameEntry.value.kind === 'scalar') {
      const place = nameEntry ?? [...root.entries.values()][0];
      problems.error(place?.keyRange ?? root.range, '"name" is missing: it names the function and its image.');
    }
    return undefined;
  }
  checkImage(name, valueRange(nameEntry), problems);
  if (versionEntry === undefined || version === undefined) {
    return name;
  }
  checkImage(version, valueRange(versionEntry), problems);
  if (name.slice(name.lastIndexOf('/') + 1).includes(':')) {
    problems.error(valueRange(versionEntry), `"name" has a tag already: leave it out there, or leave out "version".`);
  }
  return `${name}:${version}`;
}

function readFunctionPath(root: TextMap, context: FileContext, problems: ProblemList): string | undefined {
  const entry = root.entries.get('path');
  if (entry !== undefined && !isEmpty(entry)) {
    return readPath(entry, problems);
  }
  const path = `/${context.folderBelowApp}`;
  const wrong = whatIsWrongWithPath(path);
  if (wrong !== undefined) {
    const place = entry ?? root.entries.get('name') ?? [...root.entries.values()][0];
    const message = `The folder gives this function the path ${quoted(path)}, and a path ${wrong}: set "path".`;
    problems.error(place?.range ?? root.range, message);
    return undefined;
  }
  return path;
}

function readSource(root: TextMap, context: FileContext, problems: ProblemList): FunctionSource {
  const runtime = readText(root.entries.get('runtime'), problems);
  const entrypoint = readCommand(root.entries.get('entrypoint'), problems);
  const cmd = readCommand(root.entries.get('cmd'), problems);
  return {
    folder: context.folder,
    ...(runtime === undefined ? {} : { runtime }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(cmd === undefined ? {} : { cmd }),
  };
}

/** A string of words as a shell would split it, or the words themselves. */
function readCommand(entry: TextEntry | undefined, problems: ProblemList): readonly string[] | undefined {
  if (entry === undefined) {
    return undefined;
  }
  const words =
    entry.value.kind === 'list' ? textsOf(entry.value.items) : parseArgsStringToArgv(readText(entry, problems) ?? '');
  if (words === undefined) {
    problems.error(valueRange(entry), `${quoted(entry.key)} must be a command line or a list of its words.`);
    return undefined;
  }
  if (words.some((word) => word.includes('\0'))) {
    problems.error(valueRange(entry), `${quoted(entry.key)} cannot contain a NUL character.`);
  }
  return words.length === 0 ? undefined : words;
}

/** We do not run these lines, so what is wrong with them does not make the route unusable. */
function checkBuild(entry: TextEntry | undefined, problems: ProblemList): void {
  if (entry?.value.kind === 'map' || (entry?.value.kind === 'list' && textsOf(entry.value.items) === undefined)) {
    problems.warning(valueRange(entry), '"build" must be a list of command lines.');
  }
}

function checkTests(entry: TextEntry | undefined, problems: ProblemList): void {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) {
    return;
  }
  if (entry.value.kind !== 'list') {
    problems.warning(valueRange(entry), '"tests" must be a list of tests.');
    return;
  }
  for (const test of entry.value.items) {
    if (test.kind === 'map') {
      warnOfUnknownFields(test, { known: testFields }, problems);
    } else {
      problems.warning(test.range, 'A test has the fields "name", "in", "out", "err" and "env".');
    }
  }
}

function textsOf(nodes: readonly TextNode[]): readonly string[] | undefined {
  const texts = nodes.flatMap((node) => (node.kind === 'scalar' && node.value !== null ? [node.text] : []));
  return texts.length === nodes.length ? texts : undefined;
}
