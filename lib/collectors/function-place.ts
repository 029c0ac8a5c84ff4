// What Lambda itself needs to start a function: the key of its environment variables, free addresses in its subnets. Asked only of
// functions that have their own key or stand in a VPC; for all others there is nothing to ask, and that is an answer.
import type { Aws } from '../aws/calls.ts';
import { got, type Missing } from '../model/evidence.ts';
import type { FunctionPlace } from '../model/kinds/around-function.ts';
import type { FunctionFact } from '../model/kinds/function.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionPlace: FunctionPlace;
  }
}

const keysRead = 3;
/** One call takes many subnets. */
const subnetsRead = 20;

export default collector({
  kind: 'functionPlace',
  title: 'Keys and subnets the functions need',
  trust: 'aws',
  calls: ['kms:DescribeKey', 'ec2:DescribeSubnets'],
  needs: ['functionConfig'],
  round: 'suspect',
  maxCalls: keysRead + 1,
  async read(aws, { have, now }) {
    const { functionConfig: config } = have;
    if (config.state === 'missing') return config;
    const facts = Object.values(config.value.functions);
    const [keys, subnets] = await Promise.all([readKeys(aws, facts), readSubnets(aws, facts)]);
    const failed = Object.fromEntries([...keys, ...subnets].flatMap(([id, answer]) => (answer.ok ? [] : [[id, answer.error]])));
    const first = Object.values(failed)[0];
    if (first && [...keys, ...subnets].every(([, answer]) => !answer.ok)) return first;
    return got({ keys: had(keys), freeAddresses: had(subnets), ...partly(failed) }, { from: now, to: now }, 'aws');
  },
});

type Asked<T> = readonly (readonly [string, Result<T, Missing>])[];
const had = <T>(asked: Asked<T>): Readonly<Record<string, T>> =>
  Object.fromEntries(asked.flatMap(([id, answer]) => (answer.ok ? [[id, answer.value]] : [])));

const readKeys = (aws: Aws<'kms:DescribeKey'>, facts: readonly FunctionFact[]): Promise<Asked<string>> =>
  Promise.all(
    [...new Set(facts.flatMap((f) => f.kmsKeyArn ?? []))].slice(0, keysRead).map(async (arn) => {
      const answer = await aws.call('kms:DescribeKey', { KeyId: arn });
      if (answer.ok) return [arn, ok(answer.value.KeyMetadata?.KeyState ?? 'unknown')] as const;
      return [arn, answer.error.kind === 'gone' ? ok('NotFound') : err(notHad(answer.error))] as const;
    }),
  );

async function readSubnets(aws: Aws<'ec2:DescribeSubnets'>, facts: readonly FunctionFact[]): Promise<Asked<number>> {
  const ids = [...new Set(facts.flatMap((f) => f.vpc?.subnetIds ?? []))].slice(0, subnetsRead);
  if (ids.length === 0) return [];
  const answer = await aws.call('ec2:DescribeSubnets', { SubnetIds: ids });
  if (!answer.ok) return ids.map((id) => [id, err(notHad(answer.error))] as const);
  return (answer.value.Subnets ?? []).flatMap((s) =>
    s?.SubnetId === undefined || s.AvailableIpAddressCount === undefined ? [] : [[s.SubnetId, ok(s.AvailableIpAddressCount)] as const],
  );
}
