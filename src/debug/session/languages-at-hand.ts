import type { Route } from '../../core/route.ts';
import type { DebugLanguage, LanguageId } from '../languages/debug-language.ts';
import { go } from '../languages/go.ts';
import { node } from '../languages/node.ts';
import { python } from '../languages/python.ts';
import { ruby } from '../languages/ruby.ts';
import type { LanguagesAtHand } from './function-debugger.ts';

const languages: Partial<Record<LanguageId, DebugLanguage>> = { node, python, go, ruby };

export const languagesAtHand: LanguagesAtHand = {
  of: (id) => {
    const language = languages[id];
    if (language === undefined) {
      throw new Error(`No debugger for ${id} yet`);
    }
    return language;
  },
  detect: async ({ source }: Route) => {
    const runtime = source?.runtime ?? '';
    return Object.values(languages).find(({ id }) => runtime.startsWith(id));
  },
  roots: async ({ source }, { found }) => ({
    localRoot: source?.folder ?? '/',
    remoteRoot: found?.workingFolder ?? source?.folder ?? '/',
  }),
};
