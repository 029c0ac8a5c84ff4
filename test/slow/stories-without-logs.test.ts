// Every story with stage logging off: alarms, metrics and deployed configuration only.
import { ofTheirOwn } from '../../lib/demo/scenarios/index.ts';
import { holds } from '../demo/ends.ts';

holds(ofTheirOwn, 'silent', false);
