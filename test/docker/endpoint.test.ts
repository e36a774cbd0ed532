import { describeOverHttp } from '../gateway/describe-over-http.ts';
import { dockerForRunner } from './docker-for-runner.ts';

describeOverHttp('calls of containers', dockerForRunner);
