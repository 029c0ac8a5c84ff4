// Integrations that go through templates, in the sandbox: what the gateway writes and counts when each step of the way fails.
import { describe, expect, it } from 'vitest';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import type { MappedIntegration } from '../../lib/sandbox/account/mapped.ts';
import { renderTemplate, TemplateError } from '../../lib/sandbox/account/velocity.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');
const ok = { pattern: '2\\d{2}', statusCode: '200' };
const queue: MappedIntegration = {
  service: { name: 'sqs', action: 'SendMessage', queue: 'jobs' },
  role: 'gateway',
  template: 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)',
  contentType: 'application/x-www-form-urlencoded',
  answers: [ok],
  declares: ['200'],
};
const table: MappedIntegration = {
  service: { name: 'dynamodb', action: 'PutItem' },
  role: 'gateway',
  template: '{"TableName": "items", "Item": {"id": {"S": "$context.requestId"}}}',
  answers: [ok],
  declares: ['200'],
};
const mock: MappedIntegration = { template: '{"statusCode": 200}', answers: [{ pattern: '', statusCode: '200' }], declares: ['200'] };

function place(mapped: MappedIntegration, binaryMediaTypes: readonly string[] = []) {
  const clock = new SimulatedClock(start);
  const account: Account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 3 });
  const { services } = account;
  services.putQueue('jobs');
  services.putTable('items', { key: 'id' });
  services.putMachine('run');
  services.putRole('gateway', {
    statements: [{ Effect: 'Allow', Action: ['sqs:SendMessage', 'dynamodb:PutItem', 'states:StartExecution'], Resource: '*' }],
  });
  const { apiId } = account.putApi({
    apiType: 'REST',
    name: 'orders',
    stage: 'prod',
    routes: [{ method: 'POST', path: '/x', mapped }],
    executionLogging: 'INFO',
    dataTrace: true,
    binaryMediaTypes,
  });
  const ask = () => account.request({ apiId, stage: 'prod', method: 'POST', path: '/x', body: 'a b' }).status;
  /** What the log says of the failure, without the opening lines. */
  const says = async (): Promise<readonly string[]> => {
    await clock.runUntil(clock.now() + 60_000);
    const asked = account.attempt('admin')('logs:FilterLogEvents', { logGroupName: `API-Gateway-Execution-Logs_${apiId}/prod` });
    await clock.runUntil(clock.now() + 1000);
    const answer = await asked;
    const texts = answer.ok ? (answer.value.events ?? []).map((e) => e.message ?? '') : [answer.error.name];
    const wanted =
      /^(?:Received response|Endpoint response body|Execution failed|Endpoint request body|Method request body|Method completed)/;
    return texts.map((t) => t.replace(/^\(\S+\) /, '')).filter((t) => wanted.test(t));
  };
  return { account, services, ask, says };
}

describe('a call of a queue', () => {
  it('goes through, and SQS counts it', async () => {
    const p = place(queue);
    expect(p.ask()).toBe(200);
    expect(await p.says()).toContain('Method completed with status: 200');
  });
  it('is refused by the queue’s policy with 403, which fits no mapping', async () => {
    const p = place(queue);
    p.services.putQueue('jobs', [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }]);
    expect(p.ask()).toBe(500);
    expect(await p.says()).toMatchInlineSnapshot(`
      [
        "Method request body before transformations: a b",
        "Endpoint request body after transformations: Action=SendMessage&MessageBody=a%20b",
        "Received response. Status: 403, Integration latency: 8 ms",
        "Endpoint response body before transformations: <?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Access to the resource https://sqs.us-east-1.amazonaws.com/111122223333/jobs is denied.</Message></Error></ErrorResponse>",
        "Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 403",
        "Method completed with status: 500",
      ]
    `);
  });
  it('fails before any call when the role cannot be assumed', async () => {
    const p = place(queue);
    p.services.putRole('gateway', { trust: [] });
    expect(p.ask()).toBe(500);
    expect((await p.says()).filter((t) => t.startsWith('Execution failed'))).toEqual([
      'Execution failed due to configuration error: API Gateway does not have permission to assume the provided role arn:aws:iam::111122223333:role/gateway',
    ]);
  });
  it('is let in by the queue’s own policy where the role has nothing', () => {
    const p = place(queue);
    p.services.putRole('gateway', { statements: [] });
    expect(p.ask()).toBe(500);
    p.services.putQueue('jobs', [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/gateway' }, Action: 'sqs:*', Resource: '*' },
    ]);
    expect(p.ask()).toBe(200);
  });
  it('is no operation that SQS knows without the form’s content type', async () => {
    const { contentType: _, ...lost } = queue;
    const p = place(lost);
    expect(p.ask()).toBe(500);
    expect(await p.says()).toContain('Endpoint response body before transformations: <UnknownOperationException/>');
  });
});

describe('a call of a table', () => {
  it('is throttled once its units are spent, and both sides count it', async () => {
    const p = place(table);
    p.services.putTable('items', { key: 'id', writeUnits: 1 });
    expect(p.ask()).toBe(500);
    await p.account.clock.runUntil(p.account.clock.now() + 2000);
    expect(p.ask()).toBe(200);
    expect((await p.says()).join('\n')).toContain('ProvisionedThroughputExceededException');
    await p.account.clock.runUntil(p.account.clock.now() + 300_000);
    const asked = p.account.attempt('admin')('cloudwatch:GetMetricData', {
      MetricDataQueries: ['ThrottledRequests', 'SuccessfulRequestLatency'].map((MetricName, n) => ({
        Id: `m${n}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/DynamoDB',
            MetricName,
            Dimensions: [
              { Name: 'TableName', Value: 'items' },
              { Name: 'Operation', Value: 'PutItem' },
            ],
          },
          Period: 60,
          Stat: 'SampleCount',
        },
      })),
      StartTime: new Date(start - 60_000),
      EndTime: new Date(p.account.clock.now()),
    });
    await p.account.clock.runUntil(p.account.clock.now() + 1000);
    const answer = await asked;
    expect(answer.ok && answer.value.MetricDataResults?.map((r) => r.Values)).toEqual([[1], [1]]);
  });
  it('names the key that an item lacks, and a table that is gone', async () => {
    const p = place({ ...table, template: '{"TableName": "items", "Item": {}}' });
    expect(p.ask()).toBe(500);
    expect((await p.says()).join('\n')).toContain('ValidationException');
    p.services.deleteTable('items');
    p.ask();
    expect((await p.says()).join('\n')).toContain('ResourceNotFoundException');
  });
});

describe('mappings', () => {
  it.each([
    [
      'a mock without a status',
      { ...mock, template: '{}' },
      'Unable to parse statusCode. It should be an integer that is defined in the request template.',
    ],
    [
      'a mock whose status is text',
      { ...mock, template: '{"statusCode": "200"}' },
      'Unable to parse statusCode. It should be an integer that is defined in the request template.',
    ],
    ['a template that does not end', { ...queue, template: '#if($x)a' }, 'Unable to transform request'],
    [
      'an answer no mapping takes',
      { ...queue, answers: [{ pattern: '404', statusCode: '200' }] },
      'No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 200',
    ],
    [
      'a status that is not declared',
      { ...queue, answers: [{ pattern: '', statusCode: '202' }] },
      'Output mapping refers to an invalid method response: 202',
    ],
    [
      'an answer’s template that does not end',
      { ...queue, answers: [{ ...ok, template: '#foreach($a in $b)' }] },
      'Unable to transform response',
    ],
  ])('%s', async (_, integration, words) => {
    const p = place(integration);
    expect(p.ask()).toBe(500);
    expect(await p.says()).toContain(`Execution failed due to configuration error: ${words}`);
  });
  it('takes bodies for bytes under */*, unless told to read text', async () => {
    const p = place(mock, ['*/*']);
    expect(p.ask()).toBe(500);
    expect(await p.says()).toMatchInlineSnapshot(`
      [
        "Method request body before transformations: [Binary Data]",
        "Execution failed due to configuration error: Unable to transform request",
        "Method completed with status: 500",
      ]
    `);
    expect(place({ ...mock, contentHandling: 'CONVERT_TO_TEXT' }, ['*/*']).ask()).toBe(200);
  });
});

describe('templates', () => {
  it.each([
    ['#if($a)x#{end}', undefined],
    ['#if($a)x#else y#end!', 'x!'],
    ['#foreach($e in $l)[$e]#end', '[$e]'],
    ['#set($x = $input.path("$"))b=$util.urlEncode($input.body)', 'b=a%20b'],
    ['#end', undefined],
    ['#set($x = 1', undefined],
  ])('%s', (template, made) => {
    if (made === undefined) expect(() => renderTemplate(template, 'a b')).toThrow(TemplateError);
    else expect(renderTemplate(template, 'a b')).toBe(made);
  });
});
