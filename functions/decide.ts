// The Lambda function of the duty `decide`: plans a fix, asks the guards, decides. The stage does the work; lib/live gives it the real World.
import { serve } from '../lib/live/serve.ts';
import stage from '../lib/stages/decide.ts';

export const handler = serve(stage);
