// The Lambda function of the duty `intake`: turns alarms and log batches into signals and opens incidents. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/intake.ts';

export const handler = serve(stage);
