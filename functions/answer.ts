// The Lambda function of the duty `answer`: records what a person decided and wakes the workflow. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/answer.ts';

export const handler = serve(stage);
