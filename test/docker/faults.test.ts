import { describeFaults } from '../runner/describe-faults.ts';
import { dockerForRunner } from './docker-for-runner.ts';

describeFaults('containers', dockerForRunner);
