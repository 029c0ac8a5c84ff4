// Whose code the functions and the stage are deployed from: CloudFormation's tags name the stack and the resource, and the resource's metadata
// says whether the CDK or SAM wrote the template. Only looked at once there is something to plan: what is changed beside its code is drift.
import type { Aws } from '../aws/calls.ts';
import { functionArn, type StageRef } from '../model/api.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import { got, type Missing } from '../model/evidence.ts';
import { asObject, asText, parseJson } from '../model/json.ts';
import type { Owner, Ownership } from '../model/kinds/ownership.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    ownership: Ownership;
  }
}

const calls = ['lambda:ListTags', 'cloudformation:DescribeStackResource'] as const;
type Calls = (typeof calls)[number];
type Tags = Readonly<Record<string, string | undefined>>;

/** A plan changes one or two functions; the burst's lines name them first. */
const functionsRead = 4;

export default collector({
  kind: 'ownership',
  title: 'Whose code the functions and the stage are deployed from',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 2 * functionsRead + 1,
  async read(aws, { at, have, lines, now, before }) {
    // nobody moves a function from one stack to another within a burst
    if (before?.ownership?.state === 'got') return before.ownership;
    const api = have.deployedApi;
    if (api.state === 'missing') return api;
    const names = [...new Map(functionsToLookAt(api.value, lines).map((f) => [f.ref.name, f.ref])).values()].slice(0, functionsRead);
    const functions = names.map(({ accountId, region, name }) => functionArn({ accountId, region, name }));
    const each = await Promise.all([
      ...functions.map(async (arn) => ({ arn, owner: await ofFunction(aws, arn) })),
      stageOf(aws, at, api.value.tags),
    ]);
    const owners = Object.fromEntries(each.flatMap(({ arn, owner }) => (owner.ok && owner.value ? [[arn, owner.value]] : [])));
    const lost = Object.fromEntries(each.flatMap(({ arn, owner }) => (owner.ok ? [] : [[arn, owner.error]])));
    const [first] = Object.values(lost);
    const nothing = Object.keys(owners).length === 0 && Object.keys(lost).length === functions.length;
    return first && nothing ? first : got({ owners, ...partly(lost) }, { from: now, to: now }, 'aws');
  },
});

/** A stage as IAM names it (fixes.md, general rules: no account id). */
const stageOf = async (aws: Aws<Calls>, at: StageRef, tags: Tags) => ({
  arn: `arn:aws:apigateway:${at.region}::/${at.apiType === 'REST' ? 'restapis' : 'apis'}/${at.apiId}/stages/${at.stage}`,
  owner: await ownerBy(aws, tags),
});

async function ofFunction(aws: Aws<Calls>, arn: string): Promise<Result<Owner | undefined, Missing>> {
  const answer = await aws.call('lambda:ListTags', { Resource: arn });
  if (!answer.ok) return answer.error.kind === 'gone' ? ok(undefined) : err(notHad(answer.error));
  return ownerBy(aws, answer.value.Tags ?? {});
}

/** `undefined`: no stack made it. That the metadata could not be read does not make the stack unknown. */
async function ownerBy(aws: Aws<Calls>, tags: Tags): Promise<Result<Owner | undefined, Missing>> {
  const stack = tags['aws:cloudformation:stack-name'];
  const logicalId = tags['aws:cloudformation:logical-id'];
  if (stack === undefined) return ok(undefined);
  if (logicalId === undefined) return ok({ tool: 'cloudformation', stack });
  const answer = await aws.call('cloudformation:DescribeStackResource', { StackName: stack, LogicalResourceId: logicalId });
  const metadata = answer.ok ? answer.value.StackResourceDetail?.Metadata : undefined;
  return ok({ stack, logicalId, ...toolOf(metadata, logicalId, tags) });
}

/**
 * The CDK writes `aws:cdk:path` (@aws-cdk/cx-api: PATH_METADATA_KEY), `sam build` writes `SamResourceId` (aws-sam-cli). The Serverless Framework
 * leaves no mark of its own: its stacks carry the tag STAGE (serverless: lib/plugins/aws/deploy, `stackTags`), its functions' logical ids end in
 * LambdaFunction; both together make it likely, no more.
 */
function toolOf(metadata: string | undefined, logicalId: string, tags: Tags): Pick<Owner, 'tool' | 'path' | 'likely'> {
  const parsed = metadata === undefined ? undefined : parseJson(metadata);
  const of = parsed?.ok ? asObject(parsed.value) : undefined;
  const cdk = asText(of?.['aws:cdk:path']);
  if (cdk !== undefined) return { tool: 'cdk', path: cdk.replace(/\/Resource$/, '').slice(0, 300) };
  const sam = asText(of?.['SamResourceId']);
  if (sam !== undefined) return { tool: 'sam', path: sam.slice(0, 255) };
  const serverless = tags['STAGE'] !== undefined && /^(?:\w+LambdaFunction|ApiGateway\w+|HttpApi\w*)$/.test(logicalId);
  return serverless ? { tool: 'serverless', likely: true } : { tool: 'cloudformation' };
}
