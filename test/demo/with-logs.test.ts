// Every story with stage logging on and nobody answering.
import { ofTheirOwn } from '../../lib/demo/scenarios/index.ts';
import { holds } from './ends.ts';

holds(ofTheirOwn, 'silent', true);
