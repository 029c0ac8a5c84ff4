// What the table's laws are asked on: one installation's listed things, and IAM's own matching.
import type { Grant, GrantScope } from '../../lib/aws/calls.ts';
import { listedScope } from './listed-inputs.ts';

export const scope: GrantScope = {
  accountId: '111122223333',
  region: 'us-east-1',
  stages: [
    { apiType: 'REST', apiId: 'rest000001', stage: 'prod' },
    { apiType: 'HTTP', apiId: 'http000001', stage: '$default' },
  ],
  functions: ['arn:aws:lambda:us-east-1:111122223333:function:orders'],
  killSwitchParameter: '/gatemedic/kill-switch',
  logGroups: ['/shop/access'],
  changeCalendars: ['freeze'],
  probes: { hosts: ['api.example.com'], methods: ['GET /orders'] },
  ...listedScope,
  resources: [
    ...listedScope.resources,
    'arn:aws:apigateway:us-east-1::/domainnames/api.example.com/*',
    'arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:shop/orders',
  ],
};

/** IAM's own matching of `*` and `?`. */
const matches = (pattern: string, arn: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(arn);
export const covered = (grants: readonly Grant[], arn: string, conditions: Record<string, string> = {}): boolean =>
  grants.some(
    (g) =>
      g.resources.some((r) => matches(r, arn)) &&
      Object.entries(g.conditions?.['StringEquals'] ?? {}).every(([key, value]) => conditions[key] === value),
  );
