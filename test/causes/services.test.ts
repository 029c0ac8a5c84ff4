// Evidence → diagnosis for AWS services behind a route and for mappings: each cause beside the ones it is mistaken for.
import { describe, expect, it } from 'vitest';
import type { Gathered } from '../../lib/model/evidence.ts';
import { got, type Evidence } from '../../lib/model/evidence.ts';
import type { DeployedApi, Integration, Route, Series } from '../../lib/model/kinds/api.ts';
import type { CallMetrics, RoleFact, Roles, ServiceMetrics, ServiceTargets, TargetFact } from '../../lib/model/kinds/service.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import { causes } from '../../lib/causes/index.ts';
import { diagnose, seen } from '../../lib/stages/looking/diagnose.ts';
import { at, before, burst, evidence, gateway, lacks, line, log, metrics, now, orders, route, span } from './evidence.ts';

const role = 'arn:aws:iam::111122223333:role/gateway';
const queueArn = 'arn:aws:sqs:us-east-1:111122223333:jobs';
const form = { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" };
const aws = (path: string, more: Partial<Integration>): Route => ({
  method: 'POST',
  path,
  integration: {
    type: 'AWS',
    timeoutMs: 29_000,
    credentials: role,
    answers: [{ pattern: '', statusCode: '200' }],
    ...more,
  },
});
const queue = aws('/jobs', {
  service: { name: 'sqs', path: '111122223333/jobs' },
  requestParameters: form,
  requestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
});
const table = aws('/items', {
  service: { name: 'dynamodb', action: 'PutItem' },
  requestTemplates: { 'application/json': '{"TableName": "items", "Item": {"id": {"S": "$context.requestId"}}}' },
});
const api = (routes: readonly Route[], more: Partial<DeployedApi> = {}): Evidence<DeployedApi> =>
  got({ routes, variables: {}, tags: {}, executionLogging: 'OFF', ...more }, span, 'aws');

const series = (quiet: number, failing: number): Series => ({
  at: [...before, ...burst],
  values: [...before.map(() => quiet), ...burst.map(() => failing)],
});
const counts = (call: string, more: CallMetrics): Evidence<ServiceMetrics> =>
  got({ periodMs: 60_000, calls: { [call]: more } }, span, 'aws');
const sent = (quiet: number, failing: number) => counts('sqs jobs SendMessage', { taken: series(quiet, failing) });
const put = (throttled: number, taken = 100 - throttled) =>
  counts('dynamodb items PutItem', { taken: series(100, taken), throttled: series(0, throttled), consumed: series(100, 100) });
const targets = (key: string, fact: Partial<TargetFact> = {}): Evidence<ServiceTargets> =>
  got({ targets: { [key]: { exists: true, statements: [], ...fact } } }, span, 'aws');

const trust =
  parsePolicy(
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }] }),
  ) ?? [];
const allowed = { action: 'sqs:SendMessage', resource: queueArn, decision: 'allowed' } as const;
const roleIs = (fact: Partial<RoleFact> = {}): Evidence<Roles> =>
  got({ roles: { [role]: { exists: true, trust, may: [allowed], ...fact } } }, span, 'aws');

/** A stage that only sends to a queue; all its requests fail from the burst on, and the queue takes nothing. */
const stage = (more: Gathered = {}): Gathered =>
  evidence({
    deployedApi: api([queue]),
    functionMetrics: lacks('empty'),
    functionConfig: lacks('empty'),
    functionPolicy: lacks('empty'),
    functionConcurrency: lacks('empty'),
    roles: roleIs(),
    serviceTargets: targets('sqs jobs'),
    serviceMetrics: sent(100, 0),
    ...more,
  });
const say = (more: Gathered) => diagnose({ gathered: stage(more), at, lines: [], now });
const ends = (more: Gathered): string => {
  const d = say(more);
  return `${d.certainty} ${d.cause}`;
};
const verdict = (id: string, more: Gathered) => {
  const found = causes.find((c) => c.id === id);
  return found?.confirm(seen(found, stage(more)), at);
};
const healedIs = (id: string, more: Gathered, sinceAt: number) => {
  const found = causes.find((c) => c.id === id);
  return found?.healed(seen(found, stage(more)), at, sinceAt, { calls: [], routes: [], targets: [] }).is;
};
const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const executed = (...texts: readonly string[]) => log(...texts.map((text) => line('execution', `${rid}${text}`)));
const failed = 'Execution failed due to configuration error: ';
const assume = `${failed}API Gateway does not have permission to assume the provided role ${role}`;
const noMatch = (status: number): string =>
  `${failed}No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`;
const sqsDenies = 'Endpoint response body before transformations: <ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>';
const conditioned = parsePolicy(
  JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ],
  }),
);
const denies = parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage' }] })) ?? [];
const lets = parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: role }, Action: 'sqs:SendMessage' }] })) ?? [];

describe('service-access-denied', () => {
  it.each([
    ['the role may not do it', { may: [{ ...allowed, decision: 'implicitDeny' as const }] }],
    ['a statement denies it', { may: [{ ...allowed, decision: 'explicitDeny' as const }] }],
    ['it does not trust the gateway', { trust: [] }],
    ['it trusts it under a condition that is never met', { trust: conditioned ?? [] }],
    ['there is no such role', { exists: false, may: [] }],
  ])('is confirmed without any log: %s', (_, fact) => expect(ends({ roles: roleIs(fact) })).toBe('confirmed service-access-denied'));
  it('is confirmed when the queue’s own policy denies', () => {
    expect(ends({ serviceTargets: targets('sqs jobs', { statements: denies }) })).toBe('confirmed service-access-denied');
  });
  it('is ruled out when the queue’s own policy lets the role in', () => {
    const more = {
      roles: roleIs({ may: [{ ...allowed, decision: 'implicitDeny' as const }] }),
      serviceTargets: targets('sqs jobs', { statements: lets }),
    };
    expect(verdict('service-access-denied', more)?.is).toBe('ruledOut');
  });
  it('is confirmed on the log path before metrics are there', () => {
    expect(
      ends({ roles: roleIs({ trust: [] }), executionLog: executed(assume), gatewayMetrics: lacks('late'), serviceMetrics: lacks('late') }),
    ).toBe('confirmed service-access-denied');
  });
  it('is only suspected while IAM may not be asked', () => {
    expect(ends({ roles: lacks('denied'), executionLog: executed(assume) })).toBe('suspected service-access-denied');
  });
  it('is only suspected when the queue takes messages all the same', () => {
    const d = say({
      roles: roleIs({ may: [{ ...allowed, decision: 'implicitDeny' as const }] }),
      serviceMetrics: sent(100, 100),
      gatewayMetrics: gateway({ serverErrors: [0, 5] }),
    });
    expect(`${d.certainty} ${d.cause}`).toBe('suspected service-access-denied');
  });
  it('is ruled out by IAM, whatever the log claims; a 403 from SQS is then the message’s fault', () => {
    const forged = { executionLog: executed(sqsDenies, noMatch(403)) };
    expect(verdict('service-access-denied', forged)?.is).toBe('ruledOut');
    expect(ends(forged)).toBe('suspected service-request-invalid');
  });
  it('stays open where the target has a key of its own', () => {
    expect(verdict('service-access-denied', { serviceTargets: targets('sqs jobs', { ownKey: true }) })?.is).toBe('unproven');
  });
  it('is the root, and the missing mapping its consequence', () => {
    const d = say({
      roles: roleIs({ may: [{ ...allowed, decision: 'implicitDeny' as const }] }),
      deployedApi: api([
        { ...queue, integration: { ...(queue.integration as Integration), answers: [{ pattern: '2\\d{2}', statusCode: '200' }] } },
      ]),
      executionLog: executed(noMatch(403)),
    });
    expect(d.cause).toBe('service-access-denied');
  });
  it('is healed when IAM lets it through and the queue takes messages', () => {
    const since = burst[0] ?? 0;
    expect(healedIs('service-access-denied', { serviceMetrics: sent(0, 50) }, since - 60_000)).toBe('healed');
    expect(healedIs('service-access-denied', { serviceMetrics: sent(100, 0) }, since)).toBe('tooEarly');
    expect(healedIs('service-access-denied', { roles: roleIs({ trust: [] }), serviceMetrics: sent(0, 50) }, since)).toBe('stillThere');
  });
});

describe('service-throttled', () => {
  const throttled = {
    deployedApi: api([table]),
    roles: roleIs({
      may: [{ action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/items', decision: 'allowed' as const }],
    }),
    serviceTargets: targets('dynamodb items', { provisioned: { readUnits: 5, writeUnits: 1 }, keys: ['id'] }),
  };
  it('is confirmed by the table’s own count, without any log', () => {
    expect(ends({ ...throttled, serviceMetrics: put(60), gatewayMetrics: gateway({ serverErrors: [0, 60] }) })).toBe(
      'confirmed service-throttled',
    );
  });
  it('is the root of a 400 that fits no mapping', () => {
    const body =
      'Endpoint response body before transformations: {"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}';
    expect(ends({ ...throttled, serviceMetrics: lacks('denied'), executionLog: executed(body, noMatch(400)) })).toBe(
      'suspected service-throttled',
    );
    expect(ends({ ...throttled, serviceMetrics: put(60), executionLog: executed(body, noMatch(400)) })).toBe('confirmed service-throttled');
  });
  it('is not confirmed when few of the failures are throttles', () => {
    expect(ends({ ...throttled, serviceMetrics: put(3, 50) })).toBe('suspected service-throttled');
  });
  it('is ruled out when the table counts none', () => {
    expect(verdict('service-throttled', { ...throttled, serviceMetrics: put(0) })?.is).toBe('ruledOut');
  });
  it('says that SQS counts none', () => expect(verdict('service-throttled', {})?.is).toBe('unproven'));
  it('is not said of functions', () => {
    expect(verdict('service-throttled', { deployedApi: api([route('/orders')]) })?.is).toBe('ruledOut');
  });
  it('is healed by calls taken and none throttled', () => {
    expect(healedIs('service-throttled', { ...throttled, serviceMetrics: put(0, 80) }, (burst[0] ?? 0) - 60_000)).toBe('healed');
    expect(healedIs('service-throttled', { ...throttled, serviceMetrics: put(10, 80) }, (burst[0] ?? 0) - 60_000)).toBe('stillThere');
  });
});

describe('service-request-invalid', () => {
  const sends = (more: Partial<Integration>) => api([{ ...queue, integration: { ...(queue.integration as Integration), ...more } }]);
  it('is confirmed when the queue does not exist', () => {
    expect(ends({ serviceTargets: targets('sqs jobs', { exists: false, notFound: 'QueueDoesNotExist' }) })).toBe(
      'confirmed service-request-invalid',
    );
  });
  it.each([
    ['no action at all', { service: { name: 'states', action: 'StartExecutionus-east-1:lambda:path/2015-03-31/functions/x' } }],
    ['the wrong content type', { requestParameters: {} }],
    ['a line break in the action', { requestTemplates: { 'application/json': 'Action=SendMessage\n&MessageBody=x' } }],
  ])('is confirmed by the deployment: %s', (_, more) =>
    expect(ends({ deployedApi: sends(more) })).toBe('confirmed service-request-invalid'),
  );
  it('is confirmed for a FIFO queue without a group, and an item without its key', () => {
    expect(ends({ serviceTargets: targets('sqs jobs', { fifo: true }) })).toBe('confirmed service-request-invalid');
    expect(
      ends({ deployedApi: api([table]), serviceTargets: targets('dynamodb items', { keys: ['id', 'at'] }), serviceMetrics: put(0, 0) }),
    ).toBe('confirmed service-request-invalid');
  });
  it('is suspected from the service’s own words', () => {
    const body = 'Endpoint response body before transformations: {"__type":"com.amazon.coral.validate#ValidationException"}';
    expect(ends({ deployedApi: lacks('denied'), executionLog: executed(body, noMatch(400)) })).toBe('suspected service-request-invalid');
  });
  it('finds nothing wrong with sound calls', () => {
    expect(verdict('service-request-invalid', {})?.is).toBe('unproven');
    expect(
      verdict('service-request-invalid', { deployedApi: api([table]), serviceTargets: targets('dynamodb items', { keys: ['id'] }) })?.is,
    ).toBe('unproven');
  });
  it('is ruled out where no service is called', () => {
    expect(verdict('service-request-invalid', { deployedApi: api([route('/orders')]) })?.is).toBe('ruledOut');
  });
});

const mock = (more: Partial<Integration> = {}): Route => ({
  method: 'OPTIONS',
  path: '/orders',
  integration: { type: 'MOCK', timeoutMs: 29_000, requestTemplates: { 'application/json': '{"statusCode": 200}' }, ...more },
});

describe('mapping-template-error', () => {
  const broken = mock({ requestTemplates: { 'application/json': '{}' } });
  it('is confirmed where every route fails by it', () =>
    expect(ends({ deployedApi: api([broken]) })).toBe('confirmed mapping-template-error'));
  it('is confirmed when as many requests reach no function as fail', () => {
    const half = {
      deployedApi: api([broken, route('/orders')]),
      functionMetrics: metrics({ 'orders:live': { invocations: [100, 50] } }),
      gatewayMetrics: gateway({ serverErrors: [0, 50] }),
    };
    expect(ends(half)).toBe('confirmed mapping-template-error');
  });
  it('is confirmed by a fault and the gateway’s line', () => {
    const two = { deployedApi: api([broken, queue]), gatewayMetrics: gateway({ serverErrors: [0, 20] }), serviceMetrics: sent(80, 80) };
    expect(ends(two)).toBe('suspected mapping-template-error');
    expect(
      ends({
        ...two,
        executionLog: executed(`${failed}Unable to parse statusCode. It should be an integer that is defined in the request template.`),
      }),
    ).toBe('confirmed mapping-template-error');
  });
  it('is suspected from the line alone, and not where nothing has a template', () => {
    const said = { executionLog: executed(`${failed}Unable to transform request`) };
    expect(ends({ ...said, deployedApi: api([mock()]) })).toBe('suspected mapping-template-error');
    expect(verdict('mapping-template-error', { ...said, deployedApi: api([route('/orders')]) })?.is).toBe('ruledOut');
  });
  it('is not blamed for failures that functions account for', () => {
    const more = { deployedApi: api([broken, route('/orders')]), functionMetrics: metrics({ 'orders:live': { errors: [0, 100] } }) };
    expect(verdict('mapping-template-error', more)?.is).toBe('unproven');
    expect(say(more).cause).not.toBe('mapping-template-error');
  });
});

describe('payload-encoding', () => {
  const everything = { binaryMediaTypes: ['*/*'] };
  it('is confirmed where every route fails by it, suspected beside others', () => {
    expect(ends({ deployedApi: api([mock()], everything) })).toBe('confirmed payload-encoding');
    expect(
      ends({
        deployedApi: api([mock(), queue], everything),
        gatewayMetrics: gateway({ serverErrors: [0, 20] }),
        serviceMetrics: sent(80, 80),
      }),
    ).toBe('suspected payload-encoding');
  });
  it('takes the words of a template error where bodies are bytes', () => {
    const said = executed('Method request body before transformations: [Binary Data]', `${failed}Unable to transform request`);
    expect(ends({ deployedApi: lacks('denied'), executionLog: said })).toBe('suspected payload-encoding');
    expect(ends({ deployedApi: lacks('denied'), executionLog: executed(`${failed}Unable to transform request`) })).toBe(
      'suspected mapping-template-error',
    );
    expect(ends({ deployedApi: api([mock(), queue], everything), executionLog: executed(`${failed}Unable to transform response`) })).toBe(
      'confirmed payload-encoding',
    );
  });
  it('is nobody’s fault where a mock reads text', () => {
    expect(say({ deployedApi: api([mock({ contentHandling: 'CONVERT_TO_TEXT' })], everything) }).cause).not.toBe('payload-encoding');
  });
  it('is suspected from a body that is no Base64, confirmed beside a conversion', () => {
    const said = executed(`${failed}Unable to base64 decode the body.`);
    expect(
      ends({
        deployedApi: api([route('/orders')], { binaryMediaTypes: ['image/png'] }),
        executionLog: said,
        functionMetrics: metrics({ 'orders:live': {} }),
      }),
    ).toBe('suspected payload-encoding');
    const converts = { ...queue, integration: { ...(queue.integration as Integration), contentHandling: 'CONVERT_TO_BINARY' } };
    expect(ends({ deployedApi: api([converts]), executionLog: said, serviceMetrics: sent(80, 80) })).toBe('confirmed payload-encoding');
  });
});

describe('response-mapping-error', () => {
  const answers = (...list: NonNullable<Integration['answers']>): Route => ({
    ...queue,
    integration: { ...(queue.integration as Integration), answers: list },
  });
  it('is confirmed where every route fails by it', () => {
    expect(ends({ deployedApi: api([answers({ pattern: '4\\d{2}', statusCode: '400' })]), serviceMetrics: sent(100, 100) })).toBe(
      'confirmed response-mapping-error',
    );
  });
  it('is confirmed by a fault and the gateway’s line for it', () => {
    const undeclared = { ...answers({ pattern: '', statusCode: '200' }, { pattern: '404', statusCode: '404' }), declares: ['200'] };
    expect(
      ends({
        deployedApi: api([undeclared]),
        serviceMetrics: sent(100, 100),
        executionLog: executed(`${failed}Output mapping refers to an invalid method response: 404`),
      }),
    ).toBe('confirmed response-mapping-error');
  });
  it('is suspected from the line where 2xx fits no mapping', () => {
    expect(ends({ deployedApi: lacks('denied'), executionLog: executed(noMatch(200)) })).toBe('suspected response-mapping-error');
  });
  it('steps back behind a refusal', () => {
    const d = say({
      deployedApi: api([answers({ pattern: '2\\d{2}', statusCode: '200' })]),
      serviceMetrics: sent(100, 100),
      executionLog: executed('Received response. Status: 400, Integration latency: 10 ms', noMatch(400)),
    });
    expect(`${d.certainty} ${d.cause}`).toBe('suspected service-request-invalid');
  });
});

describe('lambda-permission-missing with a role', () => {
  const withRole = {
    deployedApi: api([route('/orders', orders, { credentials: role })]),
    functionMetrics: metrics({ 'orders:live': { invocations: [100, 0] } }),
  };
  const may = {
    action: 'lambda:InvokeFunction',
    resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
    decision: 'implicitDeny' as const,
  };
  it('is confirmed by IAM, and names no function to the fix that adds a statement', () => {
    const d = say({ ...withRole, roles: roleIs({ may: [may] }) });
    expect(`${d.certainty} ${d.cause}`).toBe('confirmed lambda-permission-missing');
    const v = d.suspects.find((s) => s.id === 'lambda-permission-missing')?.verdict;
    expect(v?.is === 'confirmed' && v.facts).toMatchObject({ functions: [], roles: [{ role }] });
  });
  it('is ruled out when IAM lets the role through, and open when it may not be asked', () => {
    expect(verdict('lambda-permission-missing', { ...withRole, roles: roleIs({ may: [{ ...may, decision: 'allowed' }] }) })?.is).toBe(
      'ruledOut',
    );
    expect(verdict('lambda-permission-missing', { ...withRole, roles: lacks('denied') })?.is).toBe('unproven');
  });
});
