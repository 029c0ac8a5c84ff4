// Synthesises the very stack a user would deploy, for the sandbox: its template is what the demo installs. The code asset is left out,
// for in the sandbox the duties run in process.
import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Gatemedic, type GatemedicProps } from '../stack/gatemedic.ts';
import { resolveTemplate, type ResolvedTemplate } from '../workflow/template.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

const kept = new Map<string, ResolvedTemplate>();

/** The resolved template of an installation with these props; synthesised once per set of props. */
export function synthesised(props: Omit<GatemedicProps, 'code'>, { accountId, region }: Place): ResolvedTemplate {
  const key = JSON.stringify([props, accountId, region]);
  const found = kept.get(key) ?? resolveTemplate(templateOf(props, { accountId, region }), { accountId, region, stackName });
  kept.set(key, found);
  return found;
}

const stackName = 'Gatemedic';

function templateOf(props: Omit<GatemedicProps, 'code'>, { accountId, region }: Place): unknown {
  // CDK's own check takes longer than the synth: what is deployed is checked by `cdk synth`, and by test/stack
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, stackName, { env: { account: accountId, region } });
  new Gatemedic(stack, 'Gatemedic', {
    ...props,
    code: Code.fromBucket(Bucket.fromBucketName(stack, 'Code', 'code-is-in-process'), 'none.zip'),
  });
  return app.synth().getStackByName(stackName).template;
}
