// Every story with stage logging on and nobody answering.
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import { holds } from './ends.ts';

holds(scenarios, 'silent', true);
