// Whose code a function and a stage are deployed from: read off AWS's own records, never guessed; what only looks like a tool says so.
import { describe, expect, test } from 'vitest';
import ownership from '../../lib/collectors/ownership.ts';
import { redactAnswer } from '../../lib/aws/redact.ts';
import { got } from '../../lib/model/evidence.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import { api, fakeAws, haveApi, now, refusal, rest, route, window } from './fake-aws.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const stage = 'arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod';
const tags = (logicalId: string, more: object = {}) => ({
  'aws:cloudformation:stack-name': 'orders-stack',
  'aws:cloudformation:logical-id': logicalId,
  ...more,
});
const detail = (metadata?: object) => ({
  StackResourceDetail: { StackName: 'orders-stack', ...(metadata ? { Metadata: JSON.stringify(metadata) } : {}) },
});

async function read(answers: Partial<Record<CallName, unknown>>, stageTags: Readonly<Record<string, string>> = {}) {
  const { aws, asked } = fakeAws(answers);
  const have = haveApi(api([route('/a', 'orders', 'live')], { tags: stageTags }));
  return { asked, found: await ownership.read(aws, { at: rest, window, have, lines: [], now }) };
}
const ownerIn = (found: Awaited<ReturnType<typeof read>>['found'], of = arn('orders')) =>
  found.state === 'got' ? found.value.owners[of] : found;

describe('a function', () => {
  test('of the CDK, with its construct', async () => {
    const { found, asked } = await read({
      'lambda:ListTags': { Tags: tags('Orders1A2B') },
      'cloudformation:DescribeStackResource': detail({ 'aws:cdk:path': 'OrdersStack/Api/Orders/Resource', 'aws:asset:path': 'x' }),
    });
    expect(ownerIn(found)).toEqual({ tool: 'cdk', stack: 'orders-stack', logicalId: 'Orders1A2B', path: 'OrdersStack/Api/Orders' });
    expect(asked.map((a) => a.name)).toEqual(['lambda:ListTags', 'cloudformation:DescribeStackResource']);
  });
  test('of SAM, with the resource of its template', async () => {
    const { found } = await read({
      'lambda:ListTags': { Tags: tags('OrdersFunction') },
      'cloudformation:DescribeStackResource': detail({ SamResourceId: 'OrdersFunction' }),
    });
    expect(ownerIn(found)).toMatchObject({ tool: 'sam', path: 'OrdersFunction' });
  });
  test('that looks like the Serverless Framework’s, and is called likely', async () => {
    const { found } = await read({
      'lambda:ListTags': { Tags: tags('OrdersLambdaFunction', { STAGE: 'prod' }) },
      'cloudformation:DescribeStackResource': detail(),
    });
    expect(ownerIn(found)).toMatchObject({ tool: 'serverless', likely: true, logicalId: 'OrdersLambdaFunction' });
  });
  test.each([
    ['the tag alone', 'Orders', { STAGE: 'prod' }],
    ['the name alone', 'OrdersLambdaFunction', {}],
  ])('%s makes it no Serverless one', async (_, logicalId, more) => {
    const { found } = await read({ 'lambda:ListTags': { Tags: tags(logicalId, more) }, 'cloudformation:DescribeStackResource': detail() });
    expect(ownerIn(found)).toMatchObject({ tool: 'cloudformation', logicalId });
  });
  test('whose metadata is denied, or no JSON, is the stack’s all the same', async () => {
    for (const answer of [refusal('denied'), { StackResourceDetail: { Metadata: '{' } }, detail({ 'aws:cdk:path': 7 })]) {
      const { found } = await read({ 'lambda:ListTags': { Tags: tags('Orders') }, 'cloudformation:DescribeStackResource': answer });
      expect(ownerIn(found)).toEqual({ tool: 'cloudformation', stack: 'orders-stack', logicalId: 'Orders' });
    }
  });
  test('of no stack is nobody’s, and no stack is asked for', async () => {
    const { found, asked } = await read({ 'lambda:ListTags': { Tags: { team: 'shop' } } });
    expect(found).toMatchObject({ state: 'got', value: { owners: {} } });
    expect(asked).toHaveLength(1);
  });
  test('whose tags cannot be read is not known', async () => {
    const { found } = await read({ 'lambda:ListTags': refusal('throttled') }, tags('Stage'));
    expect(found).toMatchObject({ state: 'got', value: { notHad: { [arn('orders')]: { why: 'throttled' } } } });
  });
});

test('what an earlier look found is not asked for again', async () => {
  const { aws, asked } = fakeAws({});
  const known = got({ owners: { [arn('orders')]: { tool: 'cloudformation' as const } } }, { from: now, to: now }, 'aws');
  const have = haveApi(api([route('/a', 'orders')]));
  expect(await ownership.read(aws, { at: rest, window, have, lines: [], now, before: { ownership: known } })).toBe(known);
  expect(asked).toEqual([]);
});

test('the stage, by its own tags', async () => {
  const { found } = await read(
    { 'lambda:ListTags': { Tags: {} }, 'cloudformation:DescribeStackResource': detail({ 'aws:cdk:path': 'S/Api/Stage/Resource' }) },
    tags('Stage0'),
  );
  expect(ownerIn(found, stage)).toMatchObject({ tool: 'cdk', path: 'S/Api/Stage' });
});

test('of a resource’s metadata the two marks are kept, and nothing else', () => {
  const answer = detail({ 'aws:cdk:path': 'S/F', SamResourceId: 'F', password: 'hunter2', 'aws:asset:path': '/home/ada' });
  expect(redactAnswer('cloudformation:DescribeStackResource', answer)).toEqual(detail({ 'aws:cdk:path': 'S/F', SamResourceId: 'F' }));
  expect(redactAnswer('cloudformation:DescribeStackResource', { StackResourceDetail: { Metadata: 'not json' } })).toEqual({
    StackResourceDetail: {},
  });
});
