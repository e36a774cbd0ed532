import { describeFaults } from '../runner/describe-faults.ts';
import { processesForRunner } from './processes-for-runner.ts';

describeFaults('processes', processesForRunner);
