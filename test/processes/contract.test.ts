import { describeContract } from '../runner/describe-contract.ts';
import { processesForRunner } from './processes-for-runner.ts';

describeContract('processes', processesForRunner);
