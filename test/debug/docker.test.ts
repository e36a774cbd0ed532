import { describeLanguagesOn } from './describe-languages.ts';
import { dockerForDebugging } from './engine-for-debugging.ts';

describeLanguagesOn('in containers', dockerForDebugging);
