// The requests a second that all APIs of the account and Region share: the one limit that no stage shows.
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
    const { rateLimit, burstLimit } = answer.value.throttleSettings ?? {};
    if (rateLimit === undefined && burstLimit === undefined) return missing('empty', 'the account shows no limit of its own');
    return got(
      { ...(rateLimit === undefined ? {} : { rate: rateLimit }), ...(burstLimit === undefined ? {} : { burst: burstLimit }) },
      { from: now, to: now },
      'aws',
    );
  },
});
