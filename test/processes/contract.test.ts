import { describeContract } from '../runner/describe-contract.ts';
import { describeEnds } from '../runner/describe-ends.ts';
import { processesForRunner } from './processes-for-runner.ts';

describeContract('processes', processesForRunner);
describeEnds('a process', processesForRunner);
