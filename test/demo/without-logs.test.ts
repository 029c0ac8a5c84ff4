// Every story with stage logging off: alarms, metrics and deployed configuration only.
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import { holds } from './ends.ts';

holds(scenarios, 'silent', false);
