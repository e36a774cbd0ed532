import * as vscode from 'vscode';
import type { HotFunctionsError } from '../../core/errors.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { actionFor } from './failure-action.ts';

/** One message with what happened, what to do, and one button. Settles when it is answered or gone. */
export async function showFailure(error: HotFunctionsError, defined: DefinedRoute | undefined): Promise<void> {
  const of = defined === undefined || error.message.includes(defined.route.id) ? '' : `${defined.route.id}: `;
  const text = [`${of}${error.message}`, error.hint ?? ''].join(' ').trim();
  const action = actionFor(error.code);
  const answer = await vscode.window.showErrorMessage(text, ...(action === undefined ? [] : [action.title]));
  if (action !== undefined && answer === action.title) {
    await vscode.commands.executeCommand(action.command, action.argument ?? defined);
  }
}
