// The answers of a stage's authorizers that API Gateway keeps: flushed as a whole (fixes.md §12). AWS shows no trace of it, and twice does no harm.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { ok, type Result } from '../model/result.ts';
import { lockKey, place, restOf, stageArn, v2Of } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({ ...place, ttlSeconds: v.number() });
const value = v.object({ flushed: v.literal(true) });
type Target = v.InferOutput<typeof target>;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Write = 'apigateway:FlushStageAuthorizersCache' | 'apigatewayv2:ResetAuthorizersCache';

export default setting({
  id: 'authorizer-cache',
  title: 'The kept answers of a stage’s authorizers',
  target,
  value,
  calls: { read: [], write: ['apigateway:FlushStageAuthorizersCache', 'apigatewayv2:ResetAuthorizersCache'] },
  oneWay: 'kept answers are forgotten, and every caller is asked for again',
  race: 'none: whoever flushes it too does the same.',
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  // what was flushed cannot be seen: it counts as not done
  read: async (): Promise<Result<{ readonly value: Value }, CallError>> => ok({ value: 'absent' }),
  async write(aws: Aws<Write>, t: Target): Promise<Result<void, CallError>> {
    const answer =
      t.apiType === 'REST'
        ? await aws.call('apigateway:FlushStageAuthorizersCache', restOf(t))
        : await aws.call('apigatewayv2:ResetAuthorizersCache', v2Of(t));
    return answer.ok ? ok(undefined) : answer;
  },
  same: (a: Value, b: Value) => (a === 'absent') === (b === 'absent'),
  settled: async () => ok('settled' as const),
  show: (t: Target) => `forget the authorizers’ answers that stage ${t.stage} keeps for up to ${t.ttlSeconds} s`,
  byHand: (t: Target) =>
    t.apiType === 'REST'
      ? `aws apigateway flush-stage-authorizers-cache ${stageArgs(t)}`
      : `aws apigatewayv2 reset-authorizers-cache ${stageArgs(t)}`,
  snippets: (): readonly Snippet[] => [],
});
