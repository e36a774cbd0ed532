import { readdir } from 'node:fs/promises';
import type { FunctionCommand } from '../../core/engine.ts';
import type { Route } from '../../core/route.ts';
import type { DebugLanguage, LanguageId } from './debug-language.ts';
import { detectLanguage } from './detect-language.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { node } from './node.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';

const languages: Readonly<Record<LanguageId, DebugLanguage>> = { node, python, go, ruby, java, php };

export function languageOf(id: LanguageId): DebugLanguage {
  return languages[id];
}

/** The language of a function, by its command and what lies in its folder. Undefined where we have no debugger. */
export async function findLanguage(
  route: Route,
  found: FunctionCommand | undefined,
): Promise<DebugLanguage | undefined> {
  const id = detectLanguage(route, found, await filesIn(route.source?.folder));
  return id && languages[id];
}

async function filesIn(folder: string | undefined): Promise<readonly string[]> {
  try {
    return folder === undefined ? [] : await readdir(folder);
  } catch {
    // A folder that is gone tells nothing; the start will say so.
    return [];
  }
}
