// What CloudFormation did to the permissions of these functions: its own record, there at once, and no caller can forge it.
// This is the positive proof that a deploy took a grant away.
import type { Answer, Aws } from '../aws/calls.ts';
import { functionArn, parseFunctionArn, type FunctionRef } from '../model/api.ts';
import { functionsLookedAt, withAuthorizers } from '../model/deployed.ts';
import { got, missing, type Evidence, type Missing } from '../model/evidence.ts';
import { asObject, asText, parseJson } from '../model/json.ts';
import type { StackEvents, StackPermission } from '../model/kinds/change.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { behindTheStage } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    stackEvents: StackEvents;
  }
}

const calls = ['lambda:ListTags', 'cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks'] as const;
type Calls = (typeof calls)[number];
const stackTag = 'aws:cloudformation:stack-name';
const handsOffTag = 'gatemedic:hands-off';
/** Stacks looked at, and pages of events of each: newest first, so a recent deploy is on the first. */
const stacksRead = 3;
const pagesEach = 2;
/** A stage whose permissions changed more often than this in two pages is not told apart by more of them. */
const permissionsKept = 50;

type Stack = StackEvents['stacks'][string];
type Event = NonNullable<NonNullable<Extract<Answer<'cloudformation:DescribeStackEvents'>, { ok: true }>['value']['StackEvents']>[number]>;

export default collector({
  kind: 'stackEvents',
  title: "What CloudFormation did to the functions' permissions",
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: functionsLookedAt + stacksRead * (1 + pagesEach),
  async read(aws, { have, lines, now }) {
    const behind = behindTheStage(have.deployedApi, (api) => withAuthorizers(api, lines, functionsLookedAt));
    if (!behind.ok) return behind.error;
    const apiStack = have.deployedApi.state === 'got' ? have.deployedApi.value.tags[stackTag] : undefined;
    const tagged = await Promise.all(behind.value.map(async ({ key, ref }) => ({ key, ref, tags: await tagsOf(aws, ref) })));
    return assemble(aws, tagged, apiStack, now);
  },
});

interface Tagged {
  readonly key: string;
  readonly ref: FunctionRef;
  readonly tags: Result<Readonly<Record<string, string | undefined>>, Missing>;
}

async function tagsOf(aws: Aws<Calls>, { accountId, region, name }: FunctionRef): Promise<Tagged['tags']> {
  // tags belong to the function, never to a qualifier
  const answer = await aws.call('lambda:ListTags', { Resource: functionArn({ accountId, region, name }) });
  return answer.ok ? ok(answer.value.Tags ?? {}) : answer.error.kind === 'gone' ? ok({}) : err(notHad(answer.error));
}

/** The permission may belong to the function's stack or to the API's: both are read. */
async function assemble(
  aws: Aws<Calls>,
  tagged: readonly Tagged[],
  apiStack: string | undefined,
  now: number,
): Promise<Evidence<StackEvents>> {
  const stackOf = (t: Tagged): string | undefined => (t.tags.ok ? t.tags.value[stackTag] : undefined) ?? apiStack;
  const names = [...new Set([apiStack, ...tagged.map(stackOf)])].flatMap((n) => (n === undefined ? [] : [n])).slice(0, stacksRead);
  const stacks = new Map(await Promise.all(names.map(async (name) => [name, await readStack(aws, name)] as const)));
  const notTagged = Object.fromEntries(tagged.flatMap((t) => (t.tags.ok ? [] : [[t.key, t.tags.error]])));
  const refused = Object.fromEntries(tagged.flatMap((t) => lost(t.key, stacks.get(stackOf(t) ?? ''))));
  const notHere = { ...refused, ...notTagged };
  const read = tagged.flatMap((t) => forFunction(t.ref, t.key, [stackOf(t), apiStack], stacks));
  const first = Object.values(notHere)[0];
  if (read.length === 0 && first && Object.keys(notHere).length === tagged.length) return first;
  const handsOff = tagged.flatMap((t) => (t.tags.ok && t.tags.value[handsOffTag] !== undefined ? [t.key] : []));
  return got({ stacks: Object.fromEntries(read), handsOff, ...(first ? { notHad: notHere } : {}) }, { from: now, to: now }, 'aws');
}
const lost = (key: string, stack: Result<Stack, Missing> | undefined): readonly (readonly [string, Missing])[] =>
  stack && !stack.ok ? [[key, stack.error]] : [];

function forFunction(
  ref: FunctionRef,
  key: string,
  names: readonly (string | undefined)[],
  stacks: ReadonlyMap<string, Result<Stack, Missing>>,
): readonly (readonly [string, Stack])[] {
  const read = [...new Set(names)].flatMap((name) => {
    const stack = name === undefined ? undefined : stacks.get(name);
    return stack?.ok ? [stack.value] : [];
  });
  const [own] = read;
  if (!own) return [];
  const permissions = read.flatMap((s) => s.permissions).filter((p) => p.functionName === undefined || nameIn(p.functionName) === ref.name);
  return [
    [
      key,
      {
        stack: own.stack,
        status: own.status,
        inProgress: read.some((s) => s.inProgress),
        permissions: permissions.sort((a, b) => a.at - b.at),
      },
    ],
  ];
}

/** A template may name a function by name, `name:alias`, partial or full ARN. */
const nameIn = (functionName: string): string =>
  parseFunctionArn(functionName)?.name ??
  functionName.split(':').find((part, i, all) => (all.length > 2 ? all[i - 1] === 'function' : i === 0)) ??
  functionName;

async function readStack(aws: Aws<Calls>, StackName: string): Promise<Result<Stack, Missing>> {
  const [described, events] = await Promise.all([aws.call('cloudformation:DescribeStacks', { StackName }), eventsOf(aws, StackName)]);
  if (!described.ok) return err(notHad(described.error));
  if (!events.ok) return events;
  const status = described.value.Stacks?.[0]?.StackStatus;
  if (status === undefined) return err(missing('empty', `cloudformation:DescribeStacks told no status of ${StackName}`));
  return ok({ stack: StackName, status, inProgress: status.endsWith('_IN_PROGRESS'), permissions: permissionsIn(events.value) });
}

async function eventsOf(aws: Aws<Calls>, StackName: string): Promise<Result<readonly Event[], Missing>> {
  const events: Event[] = [];
  let token: string | undefined;
  for (let n = 0; n < pagesEach; n++) {
    const answer = await aws.call('cloudformation:DescribeStackEvents', {
      StackName,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    if (!answer.ok) return n > 0 ? ok(events) : err(notHad(answer.error));
    events.push(...(answer.value.StackEvents ?? []).flatMap((e) => (e ? [e] : [])));
    token = answer.value.NextToken;
    if (!token) break;
  }
  return ok(events);
}

const ends: Readonly<Record<string, StackPermission['what']>> = { CREATE_COMPLETE: 'created', DELETE_COMPLETE: 'deleted' };

/** A deletion's own event may leave the properties out: then those of any other event of the same resource tell what was granted. */
function permissionsIn(events: readonly Event[]): readonly StackPermission[] {
  const ours = events.filter((e) => e.ResourceType === 'AWS::Lambda::Permission');
  const idOf = (e: Event): string => `${e.LogicalResourceId ?? ''} ${e.PhysicalResourceId ?? ''}`;
  const written = new Map(ours.flatMap((e) => (e.ResourceProperties ? [[idOf(e), e.ResourceProperties] as const] : [])));
  const found = ours.flatMap((e) => {
    const what = ends[e.ResourceStatus ?? ''];
    const at = e.Timestamp === undefined ? NaN : new Date(e.Timestamp).getTime();
    return what && Number.isFinite(at) && e.PhysicalResourceId
      ? [{ at, what, statementId: e.PhysicalResourceId, ...grantIn(e.ResourceProperties ?? written.get(idOf(e))) }]
      : [];
  });
  return found.sort((a, b) => b.at - a.at).slice(0, permissionsKept);
}

function grantIn(text: string | undefined): Partial<StackPermission> {
  const parsed = text === undefined ? undefined : parseJson(text);
  const p = parsed?.ok ? asObject(parsed.value) : undefined;
  const fields = {
    functionName: asText(p?.['FunctionName']),
    action: asText(p?.['Action']),
    principal: asText(p?.['Principal']),
    sourceArn: asText(p?.['SourceArn']),
    sourceAccount: asText(p?.['SourceAccount']),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
