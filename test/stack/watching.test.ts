// Which alarms are made and which are heard: the stages' own, and any alarm of the account on a failure metric of API Gateway.
import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../lib/demo/bus.ts';
import { synthesise } from './synth.ts';

const { resolved } = synthesise();

describe('alarms', () => {
  test('any alarm of the account on an API Gateway 5xx metric reaches intake by one rule; Gatemedic’s own and others’ do not', () => {
    const rules = resolved.rules.filter((r) => JSON.stringify(r.pattern).includes('Alarm State Change'));
    expect(rules).toHaveLength(1);
    expect(rules[0]?.targets.map((t) => t.arn)).toEqual([`arn:aws:lambda:us-east-1:111122223333:function:gatemedic-intake:live`]);
    const heard = (namespace: unknown, name: unknown): boolean =>
      matchesPattern(rules[0]?.pattern, {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: {
          configuration: {
            metrics: [
              { id: 'e1', expression: 'm1+m2' },
              { id: 'm1', metricStat: { metric: { namespace, name, dimensions: { ApiName: 'somebody else’s' } } } },
            ],
          },
        },
      });
    for (const a of resolved.alarms.filter((one) => one.name.startsWith('api-5xx-watched-')))
      expect(heard(a.properties['Namespace'], a.properties['MetricName']), a.name).toBe(true);
    for (const a of resolved.alarms.filter((one) => one.name.startsWith('gatemedic-own-')))
      expect(heard(a.properties['Namespace'], a.properties['MetricName']), a.name).toBe(false);
    for (const name of ['5XXError', '5xx', 'ExecutionError', 'IntegrationError']) expect(heard('AWS/ApiGateway', name)).toBe(true);
    expect(heard('AWS/ApiGateway', '4XXError')).toBe(false);
    expect(heard('AWS/ApplicationELB', '5xx')).toBe(false);
  });
  test('a WebSocket stage has an alarm for each of its failure metrics', () => {
    const { alarms } = synthesise({ stages: [{ apiType: 'WEBSOCKET', apiId: 'w1b2c3d4e5', apiName: 'chat', stage: 'prod' }] }).resolved;
    expect(
      alarms
        .filter((a) => a.name.startsWith('api-5xx-watched-'))
        .map((a) => [a.name, a.properties['MetricName'], a.properties['Dimensions']]),
    ).toEqual(
      [
        ['api-5xx-watched-w1b2c3d4e5-prod', 'ExecutionError'],
        ['api-5xx-watched-w1b2c3d4e5-prod-IntegrationError', 'IntegrationError'],
      ].map(([name, metric]) => [
        name,
        metric,
        [
          { Name: 'ApiId', Value: 'w1b2c3d4e5' },
          { Name: 'Stage', Value: 'prod' },
        ],
      ]),
    );
  });
});
