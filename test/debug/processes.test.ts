import { describeLanguagesOn } from './describe-languages.ts';
import { processesForDebugging } from './engine-for-debugging.ts';

describeLanguagesOn('on processes of this machine', () => processesForDebugging());
