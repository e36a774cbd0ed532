import { describeContract } from '../runner/describe-contract.ts';
import { describeEnds } from '../runner/describe-ends.ts';
import { describeKeepWarm } from '../runner/describe-keep-warm.ts';
import { processesForRunner } from './processes-for-runner.ts';

describeContract('processes', processesForRunner);
describeEnds('a process', processesForRunner);
describeKeepWarm('a process', processesForRunner);
