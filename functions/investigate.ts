// The Lambda function of the duty `investigate`: gathers evidence and diagnoses. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/investigate.ts';

export const handler = serve(stage);
