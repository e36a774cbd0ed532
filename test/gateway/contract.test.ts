import { processesForRunner } from '../processes/processes-for-runner.ts';
import { describeOverHttp } from './describe-over-http.ts';

describeOverHttp('calls of processes', processesForRunner);
