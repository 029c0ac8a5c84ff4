// The Lambda function of the duty `prove`: looks whether a change helped. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/prove.ts';

export const handler = serve(stage);
