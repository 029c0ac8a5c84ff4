// The same with stage logging off.
import { plain } from '../../lib/demo/scenarios/index.ts';
import { holds } from '../demo/ends.ts';

holds(plain, 'silent', false);
