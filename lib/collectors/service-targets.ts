// The queues, tables, topics and state machines that integrations call without a function between: whether they exist, in what state, and
// who their own policy lets in. "Not found" is an answer, not an error.
import type { Aws, CallError } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { ServiceTargets, TargetFact } from '../model/kinds/direct.ts';
import type { PolicyStatement } from '../model/kinds/function.ts';
import { parsePolicy } from '../model/policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { callsLookedAt, serviceCallsOf, type Target } from '../model/service-call.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    serviceTargets: ServiceTargets;
  }
}

const calls = ['dynamodb:DescribeTable', 'sqs:GetQueueAttributes', 'sns:GetTopicAttributes', 'states:DescribeStateMachine'] as const;
type Calls = (typeof calls)[number];
type Read = (aws: Aws<Calls>, target: Target) => Promise<Result<TargetFact, Missing>>;

const readers: Readonly<Record<string, Read>> = { dynamodb: table, sqs: queue, sns: topic, states: stateMachine };

export default collector({
  kind: 'serviceTargets',
  title: 'Queues, tables, topics and state machines behind the stage',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: callsLookedAt,
  async read(aws, { at, have, now }) {
    const api = have.deployedApi;
    if (api.state === 'missing') return missing(api.why, `which services stand behind the stage is not known: ${api.detail}`);
    const named = new Map(serviceCallsOf(api.value, at).flatMap((c) => (c.target ? [[c.key, { ...c, target: c.target }] as const] : [])));
    const asked = [...named].slice(0, callsLookedAt).flatMap(([key, c]) => {
      const read = readers[c.service];
      return read ? [{ key, answer: read(aws, c.target) }] : [];
    });
    if (asked.length === 0) return missing('empty', 'no deployed route names a queue, table, topic or state machine');
    const answers = await Promise.all(asked.map(async ({ key, answer }) => ({ key, answer: await answer })));
    const targets = Object.fromEntries(answers.flatMap(({ key, answer }) => (answer.ok ? [[key, answer.value]] : [])));
    const without = Object.fromEntries(answers.flatMap(({ key, answer }) => (answer.ok ? [] : [[key, answer.error]])));
    const first = Object.values(without)[0];
    if (Object.keys(targets).length === 0 && first) return first;
    return got({ targets, ...partly(without) }, { from: now, to: now }, 'aws');
  },
});

/** Services spell "there is none" in their own ways; recorded cases keep the name only. */
const isGone = (error: CallError): boolean => error.kind === 'gone' || /NonExistentQueue|DoesNotExist/.test(error.name);
const failed = (error: CallError): Result<TargetFact, Missing> =>
  isGone(error) ? ok({ exists: false, notFound: error.message }) : err(notHad(error));

async function table(aws: Aws<Calls>, target: Target): Promise<Result<TargetFact, Missing>> {
  const asked = await aws.call('dynamodb:DescribeTable', { TableName: target.name });
  if (!asked.ok) return failed(asked.error);
  const t = asked.value.Table;
  const onDemand = t?.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
  const { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits } = t?.ProvisionedThroughput ?? {};
  const keys = (t?.KeySchema ?? []).flatMap((k) => (k?.AttributeName === undefined ? [] : [k.AttributeName]));
  return ok({
    exists: true,
    ...(t?.TableStatus === undefined ? {} : { state: t.TableStatus }),
    ...(onDemand ? { onDemand } : {}),
    ...(!onDemand && readUnits !== undefined && writeUnits !== undefined ? { provisioned: { readUnits, writeUnits } } : {}),
    ...(keys.length > 0 ? { keys } : {}),
    ...(t?.SSEDescription?.KMSMasterKeyArn === undefined ? {} : { ownKey: true }),
  });
}

async function queue(aws: Aws<Calls>, target: Target): Promise<Result<TargetFact, Missing>> {
  const QueueUrl = `https://sqs.${target.region}.amazonaws.com/${target.accountId}/${target.name}`;
  const asked = await aws.call('sqs:GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy', 'FifoQueue', 'KmsMasterKeyId'] });
  if (!asked.ok) return failed(asked.error);
  const a = asked.value.Attributes;
  return ok({
    exists: true,
    ...policyOf(a?.Policy),
    ...(target.name.endsWith('.fifo') || a?.FifoQueue === 'true' ? { fifo: true } : {}),
    ...keyOf(a?.KmsMasterKeyId),
  });
}

async function topic(aws: Aws<Calls>, target: Target): Promise<Result<TargetFact, Missing>> {
  const asked = await aws.call('sns:GetTopicAttributes', { TopicArn: target.arn });
  if (!asked.ok) return failed(asked.error);
  const a = asked.value.Attributes;
  return ok({
    exists: true,
    ...policyOf(a?.['Policy']),
    ...(target.name.endsWith('.fifo') ? { fifo: true } : {}),
    ...keyOf(a?.['KmsMasterKeyId']),
  });
}

async function stateMachine(aws: Aws<Calls>, target: Target): Promise<Result<TargetFact, Missing>> {
  const asked = await aws.call('states:DescribeStateMachine', { stateMachineArn: target.arn });
  if (!asked.ok) return failed(asked.error);
  return ok({ exists: true, ...(asked.value.status === undefined ? {} : { state: asked.value.status }), statements: [] });
}

/** SQS leaves the attribute out where there is no policy. */
function policyOf(text: string | undefined): { readonly statements?: readonly PolicyStatement[] } {
  const statements = text === undefined || text === '' ? [] : parsePolicy(text);
  return statements ? { statements } : {};
}
/** The service's own key lets every caller of the account in. */
const keyOf = (key: string | undefined): { readonly ownKey?: true } => (key && !key.startsWith('alias/aws/') ? { ownKey: true } : {});
