// What all APIs of the account and Region share and no stage shows: the requests a second, and whether there is a role to write logs with.
import { got, missing } from '../model/evidence.ts';
import type { AccountLimits } from '../model/kinds/gateway.ts';
import { collector, notHad } from './collector.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    accountLimits: AccountLimits;
  }
}

export default collector({
  kind: 'accountLimits',
  title: "The account's own request limit",
  trust: 'aws',
  calls: ['apigateway:GetAccount'],
  needs: [],
  round: 'suspect',
  maxCalls: 1,
  async read(aws, { now }) {
    const answer = await aws.call('apigateway:GetAccount', {});
    if (!answer.ok) return notHad(answer.error);
    const { throttleSettings: { rateLimit, burstLimit } = {}, cloudwatchRoleArn } = answer.value;
    // as the account says it: an empty role is none
    const logsRole = cloudwatchRoleArn !== undefined && cloudwatchRoleArn !== '';
    if (rateLimit === undefined && burstLimit === undefined && !logsRole) return missing('empty', 'the account shows no limit of its own');
    return got(
      { ...(rateLimit === undefined ? {} : { rate: rateLimit }), ...(burstLimit === undefined ? {} : { burst: burstLimit }), logsRole },
      { from: now, to: now },
      'aws',
    );
  },
});
