// The Lambda function of the duty `subscribe`: keeps the subscription filters of the watched stages. The stage does the work; lib/live gives it the real World.
import { answering, filters } from '../lib/live/deployment.ts';
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/subscribe.ts';

export const handler = answering(serve(stage), filters);
