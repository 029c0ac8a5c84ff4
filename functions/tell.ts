// The Lambda function of the duty `tell`: posts and edits the message, publishes to the topic. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/tell.ts';

export const handler = serve(stage);
