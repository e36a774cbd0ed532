import type { ContainerExit } from './engine.ts';
import { HotFunctionsError } from './errors.ts';

/** What happened to a function that is gone, as the beginning of a sentence. */
export function describeExit(exit: ContainerExit): string {
  switch (exit.reason) {
    case 'exit':
      return `The function exited with code ${exit.code}`;
    case 'out-of-memory':
      return exit.certain
        ? 'The function was killed for using more than its memory'
        : 'The function was killed, probably for using more than its memory';
    case 'killed':
      return 'The container was killed';
    case 'lost':
      return `The container was lost (${exit.detail})`;
    default:
      return exit satisfies never;
  }
}

/** An answer that is not complete and will not be. */
export interface BrokenAnswer {
  readonly code: 'short-body' | 'function-exited';
  readonly message: string;
}

/** The failure of a call whose function ended instead of answering in full. */
export function functionExitError(exit: ContainerExit, broken: BrokenAnswer, stderr: string): HotFunctionsError {
  const { code, message } = broken;
  const details = { stderr, ...('code' in exit ? { exitCode: exit.code } : {}) };
  switch (exit.reason) {
    case 'out-of-memory':
      return new HotFunctionsError('out-of-memory', message, { ...details, hint: 'Raise "memory" of the route.' });
    case 'lost':
      return new HotFunctionsError('engine-lost', message, {
        ...details,
        hint: 'Check that the engine runs, then call again. The call may have been executed.',
      });
    case 'killed':
      return new HotFunctionsError('stopped', message, details);
    case 'exit':
      return new HotFunctionsError(code, message, {
        ...details,
        hint:
          code === 'short-body'
            ? 'Content-Length must be the number of bytes of the body; write all of them before exiting.'
            : 'A hot function answers each request and goes on reading; look at its stderr for why it ended.',
      });
    default:
      return exit satisfies never;
  }
}
