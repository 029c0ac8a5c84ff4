// Every story with stage logging on and nobody answering.
import { ofTheirOwn } from '../../lib/demo/scenarios/index.ts';
import { holds } from '../demo/ends.ts';

holds(ofTheirOwn, 'silent', true);
