// The Lambda function of the duty `carry-out`: applies, extends and undoes changes: the only role that writes. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/carry-out.ts';

export const handler = serve(stage);
