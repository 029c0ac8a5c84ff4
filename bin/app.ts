// The stand-alone CDK app: `npx cdk deploy` installs Gatemedic as cdk.json's `gatemedic` key says.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { standAlone } from '../lib/stack/stand-alone.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  standAlone(app);
} catch (error) {
  // What the owner wrote is not a bug of ours: one line that says what to write, no stack.
  if (!(error instanceof Error) || !error.message.startsWith('gatemedic')) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
