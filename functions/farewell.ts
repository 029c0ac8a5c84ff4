// The Lambda function of the duty `farewell`: what is left in force when the stack is removed. The stage does the work; lib/live gives it the real World.
import { answering, farewell } from '../lib/live/deployment.ts';
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/farewell.ts';

export const handler = answering(serve(stage), farewell);
