// The Lambda function of the duty `sweep`: settles what crashed, frees stages, ends leases, empties the outbox. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/sweep.ts';

export const handler = serve(stage);
