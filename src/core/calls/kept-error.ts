import type { HotFunctionsError } from '../errors.ts';
import type { KeptError } from './call-record.ts';

export function keptError({ code, message, hint, exitCode, stderr }: HotFunctionsError): KeptError {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(stderr === undefined || stderr === '' ? {} : { stderr }),
  };
}
