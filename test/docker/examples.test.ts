import { buildArguments } from '../environment.ts';
import { describeExamplesOn } from '../examples/greet-through-runner.ts';
import { connectEngine } from './engine-under-test.ts';

describeExamplesOn('in a container', () => connectEngine('hot-functions-examples', [], { buildArgs: buildArguments }));
