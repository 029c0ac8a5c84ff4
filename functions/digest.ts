// The Lambda function of the duty `digest`: sends the weekly digest. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/digest.ts';

export const handler = serve(stage);
