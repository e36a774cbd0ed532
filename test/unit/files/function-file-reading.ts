import assert from 'node:assert/strict';
import { parseFunctionFile } from '../../../src/core/files/parse-function-file.ts';
import type { FileContext, RouteDefinition } from '../../../src/core/files/parsed-file.ts';
import type { Syntax } from '../../../src/core/files/read-tree.ts';
import type { Route } from '../../../src/core/route.ts';
import { markedProblems } from './marked-problems.ts';

export const context: FileContext = {
  app: { name: 'shop', config: {} },
  folder: '/srv/shop/mail/send',
  folderBelowApp: 'mail/send',
};

interface Reading {
  readonly definitions: readonly RouteDefinition[];
  readonly problems: readonly (readonly string[])[];
}

export function readFunctionFile(text: string, surroundings: FileContext = context, syntax: Syntax = 'yaml'): Reading {
  const parsed = parseFunctionFile(text, surroundings, syntax);
  assert.equal(parsed.kind, 'functions');
  return { definitions: parsed.definitions, problems: markedProblems(text, parsed.problems) };
}

/** The route of a file that is entirely right. */
export function routeIn(text: string, surroundings: FileContext = context, syntax: Syntax = 'yaml'): Route {
  const { definitions, problems } = readFunctionFile(text, surroundings, syntax);
  assert.deepEqual(problems, []);
  const [only, ...others] = definitions;
  assert.deepEqual(others, []);
  assert.ok(only);
  return only.route;
}

/** The problems of a file whose route cannot be used. */
export function errorsIn(text: string, surroundings: FileContext = context): readonly (readonly string[])[] {
  const { definitions, problems } = readFunctionFile(text, surroundings);
  assert.deepEqual(definitions, []);
  return problems;
}
