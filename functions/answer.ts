// The Lambda function of the duty `answer`: records what a person decided and wakes the workflow. A click is taken under the seal of `receive`
// only. The stage does the work; lib/live gives it the real World.
import { sealedBy } from '../lib/live/sealed.ts';
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/answer.ts';

export const handler = sealedBy(process.env, serve(stage));
