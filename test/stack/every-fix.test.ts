// Every fix installed at once: the template is one that CloudFormation takes, and each hand holds exactly the writes that are made with it.
import { describe, expect, test } from 'vitest';
import { handRoleArn } from '../../lib/aws/hands.ts';
import { table } from '../../lib/aws/table.ts';
import { handed } from '../../lib/duties.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { place, synthesise } from './synth.ts';

const { resolved, gatemedic } = synthesise({
  fixes: fixes.map(({ id }) => ({ id })),
  approvers: ['U012AB3CD', 'U045EF6GH'],
  permissionsBoundary: `arn:aws:iam::${place.accountId}:policy/boundary`,
  resources: [
    `arn:aws:dynamodb:${place.region}:${place.accountId}:table/orders`,
    `arn:aws:iam::${place.accountId}:role/orders`,
    `arn:aws:ec2:${place.region}:${place.accountId}:security-group/sg-1`,
    `arn:aws:codedeploy:${place.region}:${place.accountId}:deploymentgroup:shop/orders`,
  ],
});
const calls = [...handed(gatemedic.installation)];
const hands = [...new Set(calls.map(([, hand]) => hand))];
const actionsOf = (arn: string): readonly string[] => [...new Set(resolved.statementsOf(arn).flatMap((s) => s.Action))].toSorted();
const carryOut = resolved.functions.find((f) => f.name === 'gatemedic-carry-out');

test('there are hands to look at', () => expect(hands.length).toBeGreaterThanOrEqual(3));

describe.each(hands)('the hand %s', (hand) => {
  const own = calls.filter(([, h]) => h === hand).map(([name]) => name);
  const arn = handRoleArn(place, hand);
  test('may make exactly its writes', () => {
    expect(actionsOf(arn)).toEqual([...new Set(own.flatMap((name) => table[name].iam))].toSorted());
  });
  test('is taken by carry-out alone, which may not make them itself', () => {
    const role = Object.values(resolved.resources).find((r) => r.arn === arn);
    const trust =
      (role?.properties['AssumeRolePolicyDocument'] as { readonly Statement: readonly { Principal: unknown }[] } | undefined)?.Statement ??
      [];
    expect(trust).toHaveLength(1);
    expect(trust[0]?.Principal).toEqual({ AWS: carryOut?.roleArn });
    const takers = resolved.functions.filter((f) =>
      f.statements.some((s) => s.Action.includes('sts:AssumeRole') && s.Resource.includes(arn)),
    );
    expect(takers.map((f) => f.name)).toEqual(['gatemedic-carry-out']);
    for (const name of own)
      for (const action of table[name].iam)
        expect(
          carryOut?.statements.flatMap((s) => s.Action),
          name,
        ).not.toContain(action);
  });
});
