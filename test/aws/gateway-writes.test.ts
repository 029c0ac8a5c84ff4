// Writes to API Gateway are granted on listed stages and domains only; a deployment only to the stage that is listed.
import { describe, expect, test } from 'vitest';
import type { CallName, CallRow } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import { gatewayWriteInputs, gatewayWrites } from './gateway-writes.ts';
import { covered, scope } from './granted.ts';

const rowOf = (name: CallName) => table[name] as unknown as CallRow<CallName>;

describe('writes to API Gateway', () => {
  test.each(gatewayWrites)('%s reaches listed stages and domains only, whatever may be read', (name) => {
    const own = gatewayWriteInputs[name];
    const elsewhere = JSON.parse(
      JSON.stringify(own).replaceAll('000001', '000002').replaceAll('api.example', 'other.example'),
    ) as typeof own;
    const wide = { ...scope, readUnlisted: true };
    const row = rowOf(name);
    for (const arn of row.resource(own, scope)) expect(covered(row.grants(wide), arn, { ...row.conditions?.(own) }), arn).toBe(true);
    for (const arn of row.resource(elsewhere, scope)) expect(covered(row.grants(wide), arn, { ...row.conditions?.(own) }), arn).toBe(false);
    expect(row.grants({ ...scope, stages: [], resources: [] })).toEqual([]);
  });
  test('a deployment is made on the listed stage only', () => {
    const name = 'apigateway:CreateDeployment';
    const [arn = ''] = rowOf(name).resource(gatewayWriteInputs[name], scope);
    expect(covered(table[name].grants(scope), arn, { 'apigateway:Request/StageName': 'dev' })).toBe(false);
  });
});
