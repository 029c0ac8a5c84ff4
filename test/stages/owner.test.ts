// Whose code owns what a plan changes: in the plan, first in its own language, on the card, and in each digest until it is drift no more.
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../lib/journal/hash.ts';
import { incidentCard } from '../../lib/messages/card.ts';
import { ownerLine } from '../../lib/messages/owner.ts';
import type { Answer, CallName } from '../../lib/aws/calls.ts';
import type { Plan } from '../../lib/model/change.ts';
import { got, type Gathered } from '../../lib/model/evidence.ts';
import type { Owner } from '../../lib/model/kinds/ownership.ts';
import { err, ok } from '../../lib/model/result.ts';
import digest from '../../lib/stages/digest.ts';
import { inTheirWords, ownerOf } from '../../lib/stages/weighing/owner.ts';
import { rows } from '../../lib/store/rows.ts';
import { decided, planOf } from '../laws/carrying.ts';
import { faultOf } from '../laws/faults.ts';
import { asking, changeAt, hour, installation, minute, plan, question, t0 } from '../messages/incidents.ts';
import { tellingWorld } from './telling-world.ts';

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
const cdk: Owner = { tool: 'cdk', stack: 'orders-stack', logicalId: 'Orders1A', path: 'OrdersStack/Api/Orders' };
const span = { from: 0, to: 0 };
const trail = (...agents: readonly (string | undefined)[]): Gathered => ({
  changeTrail: got(
    {
      events: agents.map((userAgent, n) => ({
        at: n,
        name: 'AddPermission',
        functionKey: 'orders:live',
        principalArn: 'arn:aws:iam::111122223333:role/deployer',
        ...(userAgent === undefined ? {} : { userAgent }),
      })),
    },
    span,
    'aws',
  ),
});
const terraform =
  'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.60.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.30.3';

describe('the owner', () => {
  test('is the stack’s, by evidence', () => {
    expect(ownerOf([arn], { ownership: got({ owners: { [arn]: cdk } }, span, 'aws') })).toBe(cdk);
    expect(ownerOf([arn], { ownership: got({ owners: { [`${arn}s`]: cdk } }, span, 'aws') })).toBeUndefined();
    expect(ownerOf(['__proto__', 'constructor'], { ownership: got({ owners: {} }, span, 'aws') })).toBeUndefined();
  });
  test('is Terraform where it made the newest change, and only then', () => {
    expect(ownerOf([arn], trail('console', terraform))).toEqual({ tool: 'terraform' });
    expect(ownerOf([arn], trail(terraform, 'aws-cli/2.17'))).toBeUndefined();
    expect(ownerOf([arn], trail(terraform, undefined))).toBeUndefined();
    expect(ownerOf([arn], trail('my-terraform-wrapper/1.0'))).toBeUndefined();
    expect(ownerOf([`${arn}-other`], trail(terraform))).toBeUndefined();
  });
  test('is Terraform of a stage, too, by the changes of its API', () => {
    const stage = 'arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod';
    const changed = (...agents: readonly string[]): Gathered => ({
      apiTrail: got({ changes: agents.map((userAgent, n) => ({ at: n, name: 'UpdateStage', by: 'ci', userAgent })) }, span, 'aws'),
    });
    expect(ownerOf([stage], changed('console', terraform))).toEqual({ tool: 'terraform' });
    expect(ownerOf([stage], changed(terraform, 'console'))).toBeUndefined();
    expect(ownerOf([arn], changed(terraform))).toBeUndefined();
    const mapped = { at: 9, name: 'CreateBasePathMapping', by: 'ci', userAgent: terraform, domainName: 'api.example.com' };
    expect(ownerOf([stage], { apiTrail: got({ changes: [mapped] }, span, 'aws') })).toBeUndefined();
  });
  test('a stack’s word goes before the trail’s', () =>
    expect(ownerOf([arn], { ...trail(terraform), ownership: got({ owners: { [arn]: cdk } }, span, 'aws') })).toBe(cdk));
});

test('the way to make it last stands first in the owner’s language', () => {
  const snippets = (['typescript', 'yaml', 'hcl'] as const).map((language) => ({ title: language, language, code: '' }));
  const first = (tool: Owner['tool']) => inTheirWords(snippets, { tool })[0]?.language;
  expect([first('cdk'), first('sam'), first('serverless'), first('cloudformation'), first('terraform')]).toEqual([
    'typescript',
    'yaml',
    'yaml',
    'yaml',
    'hcl',
  ]);
  expect(inTheirWords(snippets, undefined)).toEqual(snippets);
});

test.each<[Owner, string]>([
  [cdk, 'Owned by stack `orders-stack` (CDK: `OrdersStack/Api/Orders`): make it last there, or the next deploy may take it away'],
  [
    { tool: 'sam', stack: 's', logicalId: 'F', path: 'OrdersFunction' },
    'Owned by stack `s` (SAM: `OrdersFunction` in `template.yaml`): make it last there, or the next deploy may take it away',
  ],
  [
    { tool: 'serverless', likely: true, stack: 's', logicalId: 'OrdersLambdaFunction' },
    'Owned by stack `s` (it looks like the Serverless Framework: `serverless.yml`, `OrdersLambdaFunction`): make it last there, or the next deploy may take it away',
  ],
  [
    { tool: 'cloudformation', stack: 's', logicalId: 'F' },
    'Owned by stack `s` (`F` in its template): make it last there, or the next deploy may take it away',
  ],
  [{ tool: 'terraform' }, 'Owned by Terraform, which changed it last: make it last there, or the next deploy may take it away'],
])('%o in words', (owner, words) => expect(ownerLine(owner)).toBe(words));

test('from the account’s own records into the plan', async () => {
  const shop = await decided(faultOf('re-add-invoke-permission'));
  expect((await planOf(shop)).owner).toEqual({ tool: 'cloudformation', stack: 'orders-stack', logicalId: 'orders' });
});

test('on the card: with the question, and with the change while it stands', () => {
  const owned: Plan = { ...plan, owner: cdk };
  const card = (incident: typeof asking, changes: Parameters<typeof incidentCard>[1]) =>
    JSON.stringify(incidentCard(incident, changes, installation, { now: t0 + 3 * minute }));
  expect(card({ ...asking, question: { ...question, plan: owned } }, [])).toContain('Owned by stack `orders-stack`');
  expect(card(asking, [])).not.toContain('Owned by');
  expect(card(asking, [changeAt('verified', { plan: owned })])).toContain('OrdersStack/Api/Orders');
  expect(card(asking, [changeAt('undone', { plan: owned })])).not.toContain('OrdersStack/Api/Orders');
});

describe('the weekly digest', () => {
  const statement = (Sid: string, source = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders') => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: `${arn}:live`,
    Condition: { ArnLike: { 'AWS:SourceArn': source } },
  });
  const ours = statement('gatemedic-1');
  const owned: Plan = { ...plan, owner: cdk, hash: hashOf(plan.fix, plan.changes) };
  async function weekly(policy: readonly object[] | 'denied', step: 'verified' | 'kept' | 'undone' = 'kept', one: Plan = owned) {
    const w = tellingWorld(t0 + 30 * 24 * hour);
    const asked: CallName[] = [];
    const call = async (name: CallName): Promise<Answer<'lambda:GetPolicy'>> => {
      asked.push(name);
      if (policy === 'denied') return err({ kind: 'denied', call: name, name: 'AccessDeniedException', message: 'no' });
      return ok({ Policy: JSON.stringify({ Version: '2012-10-17', Statement: policy }), RevisionId: 'r', $metadata: {} });
    };
    await rows.change.create(w.store, 'chg-1', changeAt(step, { plan: one }));
    await digest.run({ ...w.world, aws: { call: call as never } }, {});
    return { asked, told: JSON.stringify(w.slack.messages), topic: w.published[0]?.message };
  }
  test('reminds of what stands beside its code, weeks after it was made', async () => {
    for (const step of ['verified', 'kept'] as const) {
      const { told, topic } = await weekly([ours], step);
      expect(told).toMatch(/in danger at the next deploy/);
      expect(told).toContain('OrdersStack/Api/Orders');
      expect(topic).toMatchObject({ drift: [{ changeId: 'chg-1', owner: cdk }] });
    }
  });
  test('not of what was taken back, stands there no more, or is in the owner’s code by now', async () => {
    expect((await weekly([ours], 'undone')).told).not.toContain('next deploy');
    expect((await weekly([])).told).not.toContain('next deploy');
    expect((await weekly([statement('gatemedic-1', 'arn:aws:execute-api:us-east-1:111122223333:other/*')])).told).not.toContain(
      'next deploy',
    );
    expect((await weekly([ours, statement('orders-stack-Invoke')])).told).not.toContain('next deploy');
    expect(
      (await weekly([ours, statement('orders-stack-Invoke', 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*')])).told,
    ).not.toContain('next deploy');
  });
  test('a narrower statement, another one of ours, or one under conditions is none', async () => {
    const conditioned = {
      ...statement('theirs'),
      Condition: { ...statement('x').Condition, StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    };
    for (const beside of [
      statement('theirs', 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/dev/GET/orders'),
      statement('gatemedic-2'),
      conditioned,
    ])
      expect((await weekly([ours, beside])).told).toContain('next deploy');
  });
  test('what cannot be read is told, and what nobody owns is not asked for', async () => {
    expect((await weekly('denied')).told).toContain('next deploy');
    expect((await weekly([ours], 'kept', plan)).asked).toEqual([]);
  });
});
