// The plain story of every other breakage, from the first 5xx through the whole workflow to the end, with stage logging on.
import { plain } from '../../lib/demo/scenarios/index.ts';
import { holds } from '../demo/ends.ts';

holds(plain, 'silent', true);
