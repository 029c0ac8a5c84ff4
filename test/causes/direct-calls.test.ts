// Evidence → diagnosis for AWS services behind a route: each cause beside the ones it is mistaken for.
import { describe, expect, it } from 'vitest';
import type { Integration } from '../../lib/model/kinds/api.ts';
import {
  role,
  queue,
  table,
  api,
  sent,
  put,
  targets,
  allowed,
  roleIs,
  say,
  ends,
  verdict,
  healedIs,
  executed,
  assume,
  noMatch,
  sqsDenies,
  conditioned,
  denies,
  lets,
} from './direct-stage.ts';
import { gateway, metrics, lacks, burst, orders, route } from './evidence.ts';

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
