// Laws over writes to tables, roles and security groups: only what the owner lists, and a role only within the boundary he names.
import { describe, expect, test } from 'vitest';
import type { GrantScope } from '../../lib/aws/calls.ts';
import { listedRows } from '../../lib/aws/table/listed-resources.ts';
import { listedScope, writesToListed } from './listed-inputs.ts';

const scope: GrantScope = {
  accountId: '111122223333',
  region: 'us-east-1',
  stages: [],
  functions: [],
  killSwitchParameter: '/gatemedic/kill-switch',
  ...listedScope,
};
const service = (name: string): string => name.slice(0, name.indexOf(':'));

describe.each(writesToListed)('%s', (name) => {
  const grants = (of: GrantScope) => listedRows[name].grants(of);
  test('reaches exactly what is listed of its service', () => {
    const own = listedScope.resources.filter((arn) => arn.startsWith(`arn:aws:${service(name)}:`));
    expect(grants(scope).flatMap((g) => g.resources)).toEqual(own);
  });
  test('is in no role where nothing of its kind is listed', () => {
    const others = listedScope.resources.filter((arn) => !arn.startsWith(`arn:aws:${service(name)}:`));
    expect(grants({ ...scope, resources: others })).toEqual([]);
    expect(grants({ ...scope, resources: undefined })).toEqual([]);
  });
});

test.each(['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'] as const)(
  '%s needs the boundary the owner names on the role',
  (name) => {
    const grants = (of: GrantScope) => listedRows[name].grants(of);
    expect(grants(scope).map((g) => g.conditions)).toEqual([
      { StringEquals: { 'iam:PermissionsBoundary': listedScope.permissionsBoundary } },
    ]);
    expect(grants({ ...scope, permissionsBoundary: undefined })).toEqual([]);
  },
);
