// The Lambda function of the duty `close`: closes an incident and frees its stage. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/close.ts';

export const handler = serve(stage);
