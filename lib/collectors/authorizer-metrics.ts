// The metrics of the functions that authorize, by the very alias the deployment names. They are not behind a route, so that the
// functions' metrics do not hold them; a crash or a silence of theirs is the whole stage's failure.
import { functionKey } from '../model/api.ts';
import { missing } from '../model/evidence.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import { collector } from './collector.ts';
import { readFunctionMetrics } from './function-metrics.ts';
import { metricPages } from './reading/metrics.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    authorizerMetrics: FunctionMetrics;
  }
}

export default collector({
  kind: 'authorizerMetrics',
  title: 'Invocations, errors, throttles and duration of the authorizers’ functions',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: ['authorizers'],
  round: 'suspect',
  maxCalls: metricPages,
  async read(aws, { have, window }) {
    if (have.authorizers.state === 'missing') return have.authorizers;
    const refs = have.authorizers.value.authorizers.flatMap((a) => (a.function ? [{ key: functionKey(a.function), ref: a.function }] : []));
    const once = [...new Map(refs.map((r) => [r.key, r])).values()];
    if (once.length === 0) return missing('empty', 'no authorizer of this stage calls a function');
    return readFunctionMetrics(aws, once, window, 'the authorizers’ functions');
  },
});
