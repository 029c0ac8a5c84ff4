// The stand-alone CDK app: `npx cdk deploy` installs Gatemedic as cdk.json's `gatemedic` key says.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { standAlone } from '../lib/stack/stand-alone.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
standAlone(app);
