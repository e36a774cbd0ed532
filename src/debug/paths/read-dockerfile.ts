/** What is copied from the folder of a function into its image. */
export interface CopyStep {
  /** Relative to the folder. */
  readonly sources: readonly string[];
  /** Absolute; of a folder with a slash at its end. */
  readonly target: string;
}

/** A stage of a build, as far as it says where code lies. */
export interface Stage {
  readonly copies: readonly CopyStep[];
  readonly runs: readonly string[];
  readonly workingFolder: string;
}

interface OpenStage {
  readonly copies: CopyStep[];
  readonly runs: string[];
  workingFolder: string;
  variables: Record<string, string>;
}

/**
 * Reads the stages of a Dockerfile. Only a guess is made of it, so what is rare is left out: heredocs, and what a base
 * image or another stage brings along. A stage that begins with another one takes over its working folder.
 */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: OpenStage[] = [];
  const named = new Map<string, OpenStage>();
  const global: Record<string, string> = {};
  for (const [instruction, rest] of instructions(text)) {
    const stage = stages.at(-1);
    if (instruction === 'FROM') {
      const [base = '', , name = ''] = words(substitute(rest, global)).filter((word) => !word.startsWith('--'));
      const earlier = named.get(base.toLowerCase());
      const opened: OpenStage = {
        copies: [],
        runs: [],
        workingFolder: earlier?.workingFolder ?? '/',
        variables: { ...global, ...earlier?.variables },
      };
      stages.push(opened);
      named.set(name.toLowerCase(), opened);
    } else if (stage === undefined) {
      if (instruction === 'ARG') {
        Object.assign(global, assignments(rest, global));
      }
    } else {
      readStep(stage, instruction, rest);
    }
  }
  return stages.map(({ copies, runs, workingFolder }) => ({ copies, runs, workingFolder }));
}

function readStep(stage: OpenStage, instruction: string, rest: string): void {
  const text = instruction === 'RUN' ? rest : substitute(rest, stage.variables);
  switch (instruction) {
    case 'ARG':
    case 'ENV':
      Object.assign(stage.variables, assignments(text, stage.variables));
      break;
    case 'WORKDIR':
      stage.workingFolder = absolute(stage.workingFolder, unquoted(text));
      break;
    case 'RUN':
      stage.runs.push(text);
      break;
    case 'COPY':
    case 'ADD': {
      const parts = text.trimStart().startsWith('[') ? jsonWords(text) : words(text);
      const sources = parts.filter((part) => !part.startsWith('--'));
      const target = sources.pop();
      if (target !== undefined && !parts.some((part) => part.startsWith('--from='))) {
        stage.copies.push({ sources, target: targetOf(stage.workingFolder, target, sources.length) });
      }
      break;
    }
  }
}

/** Instructions with what follows them, continued lines joined and comments gone. */
function instructions(text: string): readonly (readonly [name: string, rest: string])[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replace(/\\[ \t]*\n/g, ' ');
  return [...joined.matchAll(/^[ \t]*([A-Za-z]+)[ \t]+(.*)$/gm)].map(
    ([, name = '', rest = '']) => [name.toUpperCase(), rest.trim()] as const,
  );
}

function targetOf(workingFolder: string, target: string, sources: number): string {
  const path = absolute(workingFolder, target);
  const isFolder = /(^|\/)\.{0,2}$/.test(target) || sources > 1;
  return isFolder && !path.endsWith('/') ? `${path}/` : path;
}

function absolute(workingFolder: string, path: string): string {
  return new URL(encodeURI(path), `file://${encodeURI(workingFolder.replace(/\/?$/, '/'))}`).pathname
    .split('/')
    .map(decodeURIComponent)
    .join('/')
    .replace(/(.)\/$/, '$1');
}

function assignments(text: string, known: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of text.matchAll(/([A-Za-z_]\w*)=(?:"([^"]*)"|(\S*))/g)) {
    found[name] = substitute(quoted ?? plain ?? '', { ...known, ...found });
  }
  return found;
}

function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g, (_all, braced, fallback, bare) => {
    return variables[braced ?? bare] || fallback || '';
  });
}

function words(text: string): string[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(unquoted);
}

function jsonWords(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
