// One statement of a Lambda function's resource policy that lets API Gateway call it, on exactly the qualifier the integration
// names. AddPermission and RemovePermission carry the policy's revision, so nobody's edit in between is overrun (fixes.md §1).
import * as v from 'valibot';
import type { Aws, CallError, CallName } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import type { PolicyStatement } from '../model/kinds/function.ts';
import { covers } from '../model/removal.ts';
import { gatewayPrincipal, invokeAction, parsePolicy } from '../model/policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { setting, type ValueOf } from './setting.ts';
import { goneOf } from './signs/lambda-gone.ts';

const target = v.object({
  accountId: v.string(),
  region: v.string(),
  functionName: v.string(),
  qualifier: v.optional(v.string()),
  statementId: v.string(),
});
/** `beyond` is what the statement says more than AddPermission's parameters can: then it is not ours to touch. */
const value = v.object({
  action: v.string(),
  principal: v.string(),
  sourceArn: v.optional(v.string()),
  sourceAccount: v.optional(v.string()),
  beyond: v.optional(v.string()),
});
export type InvokePermissionTarget = v.InferOutput<typeof target>;
export type InvokePermission = v.InferOutput<typeof value>;
type Target = InvokePermissionTarget;
type Value = ValueOf<InvokePermission>;
type Read = 'lambda:GetPolicy';
type Write = 'lambda:AddPermission' | 'lambda:RemovePermission';

/** Statements Gatemedic writes carry this name; no other is ever removed. */
export const ownPrefix = 'gatemedic-';
/** A function's policy holds 20 KB (fixes.md §1: PolicyLengthExceededException); we leave the last kilobyte to its owner. */
export const policyLimitBytes = 20 * 1024 - 1024;
/** A statement as Lambda writes it, with room for long names (measured: about 330 bytes). */
export const statementBytes = 600;

const of = (t: Target) => ({ FunctionName: t.functionName, ...(t.qualifier === undefined ? {} : { Qualifier: t.qualifier }) });
const where = (t: Target): string => (t.qualifier === undefined ? t.functionName : `${t.functionName}:${t.qualifier}`);
const refused = (call: CallName, message: string): Result<never, CallError> => err({ kind: 'refused', call, name: 'Refused', message });
const conflict = (call: CallName, message: string): Result<never, CallError> => err({ kind: 'conflict', call, name: 'Conflict', message });

interface Policy {
  readonly statements: readonly PolicyStatement[];
  readonly revision?: string;
  readonly sizeBytes: number;
  /** The function or alias that has none. */
  readonly gone?: string;
}

async function readPolicy(aws: Aws<Read>, t: Target): Promise<Result<Policy, CallError>> {
  const answer = await aws.call('lambda:GetPolicy', of(t));
  // no policy at all is 404, like a function that is not there: in both cases the statement is absent
  if (!answer.ok) return answer.error.kind === 'gone' ? ok({ statements: [], sizeBytes: 0, ...goneFrom(answer.error, t) }) : answer;
  const text = answer.value.Policy ?? '';
  const statements = parsePolicy(text);
  if (!statements)
    return err({ kind: 'down', call: 'lambda:GetPolicy', name: 'Unreadable', message: 'the policy is not a policy document' });
  return ok({
    statements,
    sizeBytes: Buffer.byteLength(text),
    ...(answer.value.RevisionId === undefined ? {} : { revision: answer.value.RevisionId }),
  });
}

function goneFrom(error: CallError, t: Target): Pick<Policy, 'gone'> {
  const gone = goneOf(error, t);
  return gone === undefined ? {} : { gone };
}

function valueOf(policy: Policy, statementId: string): Value {
  const statement = policy.statements.find((s) => s.sid === statementId);
  if (!statement) return 'absent';
  const [action = '', ...actions] = statement.actions;
  const [principal = '', ...principals] = statement.principals;
  const { sourceArn, sourceAccount, more } = conditionsOf(statement);
  const plain = statement.effect === 'Allow' && actions.length === 0 && principals.length === 0 && !more;
  return {
    action,
    principal,
    ...(sourceArn === undefined ? {} : { sourceArn }),
    ...(sourceAccount === undefined ? {} : { sourceAccount }),
    ...(plain ? {} : { beyond: JSON.stringify(statement) }),
  };
}

function conditionsOf(statement: PolicyStatement): { sourceArn?: string; sourceAccount?: string; more: boolean } {
  const found: { sourceArn?: string; sourceAccount?: string; more: boolean } = { more: false };
  for (const [operator, keys] of Object.entries(statement.conditions))
    for (const [key, [only, ...others]] of Object.entries(keys)) {
      if (only !== undefined && others.length === 0 && operator === 'ArnLike' && key === 'aws:sourcearn') found.sourceArn = only;
      else if (only !== undefined && others.length === 0 && operator === 'StringEquals' && key === 'aws:sourceaccount')
        found.sourceAccount = only;
      else found.more = true;
    }
  return found;
}

const same = (a: Value, b: Value): boolean => {
  if (a === 'absent' || b === 'absent') return a === b;
  return (
    a.action === b.action &&
    a.principal === b.principal &&
    a.sourceArn === b.sourceArn &&
    a.sourceAccount === b.sourceAccount &&
    a.beyond === b.beyond
  );
};

async function add(aws: Aws<Read | Write>, t: Target, to: InvokePermission, policy: Policy): Promise<Result<void, CallError>> {
  if (to.sourceArn === undefined || to.principal !== gatewayPrincipal || to.action !== invokeAction || to.beyond !== undefined)
    return refused(
      'lambda:AddPermission',
      `only ${invokeAction} for ${gatewayPrincipal} with a source ARN is granted; this asks for ${JSON.stringify(to)}`,
    );
  if (policy.sizeBytes + statementBytes > policyLimitBytes)
    return refused(
      'lambda:AddPermission',
      `the policy of ${where(t)} has ${policy.sizeBytes} bytes, too near the limit of 20 KB; remove statements nobody needs`,
    );
  const answer = await aws.call('lambda:AddPermission', {
    ...of(t),
    StatementId: t.statementId,
    Action: to.action,
    Principal: to.principal,
    SourceArn: to.sourceArn,
    ...(to.sourceAccount === undefined ? {} : { SourceAccount: to.sourceAccount }),
    ...(policy.revision === undefined ? {} : { RevisionId: policy.revision }),
  });
  if (answer.ok) return ok(undefined);
  if (answer.error.kind !== 'conflict') return answer;
  // 409: the id exists. Equal is what we wanted (a retry of a call that had succeeded); anything else is somebody's.
  const now = await readPolicy(aws, t);
  return now.ok && same(valueOf(now.value, t.statementId), to) ? ok(undefined) : answer;
}

async function remove(aws: Aws<Read | Write>, t: Target, policy: Policy): Promise<Result<void, CallError>> {
  const answer = await aws.call('lambda:RemovePermission', {
    ...of(t),
    StatementId: t.statementId,
    ...(policy.revision === undefined ? {} : { RevisionId: policy.revision }),
  });
  return answer.ok || answer.error.kind === 'gone' ? ok(undefined) : answer;
}

/** At least what `to` grants, under no condition beside. */
const grants = (one: InvokePermission, to: InvokePermission, sourceArn: string): boolean =>
  one.beyond === undefined &&
  one.action === to.action &&
  one.principal === to.principal &&
  (one.sourceArn === undefined || covers({ action: one.action, principal: one.principal, sourceArn: one.sourceArn }, sourceArn));

const show = (one: Value): string =>
  one === 'absent'
    ? 'no statement'
    : one.beyond !== undefined
      ? 'a statement of another shape'
      : `allow ${one.principal} from ${one.sourceArn ?? 'anywhere'}`;

export default setting({
  id: 'invoke-permission',
  title: 'A statement that lets API Gateway call a Lambda function',
  target,
  value,
  calls: { read: ['lambda:GetPolicy'], write: ['lambda:AddPermission', 'lambda:RemovePermission'] },
  race: 'none once the function has a policy: each write carries the revision that was read. The first statement of a function has no revision to carry; two writers at that moment both add theirs, which harms neither.',
  lockKey: (t: Target) => `function-policy:${t.accountId}:${t.region}:${where(t)}`,
  writesTo: (t: Target) => `arn:aws:lambda:${t.region}:${t.accountId}:function:${t.functionName}`,
  async read(aws: Aws<Read>, t: Target) {
    const policy = await readPolicy(aws, t);
    if (!policy.ok) return policy;
    const { revision, gone } = policy.value;
    return ok({
      value: valueOf(policy.value, t.statementId),
      ...(revision === undefined ? {} : { revision }),
      ...(gone === undefined ? {} : { gone }),
    });
  },
  /** A statement of the owner's own that grants the same or more: his code has it by now. */
  async declared(aws: Aws<Read>, t: Target, to: Value): Promise<Result<boolean, CallError>> {
    const policy = await readPolicy(aws, t);
    if (!policy.ok) return policy;
    if (to === 'absent' || to.sourceArn === undefined) return ok(false);
    const { sourceArn } = to;
    const theirs = policy.value.statements.flatMap(({ sid }) =>
      sid === undefined || sid.startsWith(ownPrefix) ? [] : [valueOf(policy.value, sid)],
    );
    return ok(theirs.some((one) => one !== 'absent' && grants(one, to, sourceArn)));
  },
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value, revision?: string): Promise<Result<void, CallError>> {
    if (!t.statementId.startsWith(ownPrefix))
      return refused('lambda:RemovePermission', `statement ${t.statementId} was not written by Gatemedic; its own begin with ${ownPrefix}`);
    const policy = await readPolicy(aws, t);
    if (!policy.ok) return policy;
    if (policy.value.revision !== revision)
      return conflict('lambda:GetPolicy', `the policy of ${where(t)} changed since it was read; read it again`);
    if (to === 'absent') return await remove(aws, t, policy.value);
    if (from !== 'absent') return refused('lambda:AddPermission', 'a statement is added or removed, never rewritten; remove it first');
    return await add(aws, t, to, policy.value);
  },
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value) {
    const policy = await readPolicy(aws, t);
    if (!policy.ok) return policy;
    return ok(same(valueOf(policy.value, t.statementId), to) ? ('settled' as const) : ('settling' as const));
  },
  show: (t: Target, from: Value, to: Value) => `${where(t)}: ${show(from)} → ${show(to)}`,
  inUse: async (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, _value: InvokePermission, window: Window) => {
    const resource = t.qualifier === undefined ? [] : [{ Name: 'Resource', Value: where(t) }];
    const answer = await aws.call('cloudwatch:GetMetricData', {
      StartTime: new Date(window.from),
      EndTime: new Date(window.to),
      MetricDataQueries: [
        {
          Id: 'invocations',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Invocations',
              Dimensions: [{ Name: 'FunctionName', Value: t.functionName }, ...resource],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    });
    if (!answer.ok) return answer;
    return ok((answer.value.MetricDataResults ?? []).some((r) => (r?.Values ?? []).some((n) => (n ?? 0) > 0)));
  },
  keptWhenUsed: true,
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--function-name ${t.functionName}${t.qualifier === undefined ? '' : ` --qualifier ${t.qualifier}`} --statement-id ${t.statementId} --region ${t.region}`;
    if (to === 'absent') return `aws lambda remove-permission ${on}`;
    return `aws lambda add-permission ${on} --action ${to.action} --principal ${to.principal} --source-arn '${to.sourceArn ?? ''}'${to.sourceAccount === undefined ? '' : ` --source-account ${to.sourceAccount}`}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to)),
});

/** The permission in the three languages infrastructure is mostly written in. */
function lasting(t: Target, to: InvokePermission): readonly Snippet[] {
  const name = where(t);
  const arn = to.sourceArn ?? '';
  return [
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `GatewayInvoke:\n  Type: AWS::Lambda::Permission\n  Properties:\n    FunctionName: ${name}\n    Action: ${to.action}\n    Principal: ${to.principal}\n    SourceArn: ${arn}`,
    },
    {
      title: 'CDK',
      language: 'typescript',
      code: `new lambda.CfnPermission(this, 'GatewayInvoke', {\n  functionName: '${name}',\n  action: '${to.action}',\n  principal: '${to.principal}',\n  sourceArn: '${arn}',\n});`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `resource "aws_lambda_permission" "gateway_invoke" {\n  function_name = "${t.functionName}"${t.qualifier === undefined ? '' : `\n  qualifier     = "${t.qualifier}"`}\n  action        = "${to.action}"\n  principal     = "${to.principal}"\n  source_arn    = "${arn}"\n}`,
    },
  ];
}
