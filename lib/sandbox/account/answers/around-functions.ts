// What stands around functions: the state of KMS keys, and X-Ray's traces of failed runs.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import type { Answers, Parts } from './parts.ts';

type Names = Extract<keyof Answers, `kms:${string}` | `xray:${string}`>;

export function aroundFunctionAnswers({ base, functions }: Parts): Pick<Answers, Names> {
  return {
    'kms:DescribeKey': ({ KeyId = '' }) => {
      const state = functions.keys.get(KeyId);
      if (state === undefined) return fail('gone', 'NotFoundException', `Key '${KeyId}' does not exist`);
      return ok({
        ...meta,
        KeyMetadata: { KeyId: KeyId.slice(KeyId.lastIndexOf('/') + 1), Arn: KeyId, KeyState: state as never, Enabled: state === 'Enabled' },
      });
    },
    'xray:GetTraceSummaries': ({ StartTime, EndTime, FilterExpression = '' }) => {
      const name = /name: "([^"]{1,200})", type: "AWS::Lambda::Function"/.exec(FilterExpression)?.[1];
      const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? Infinity];
      const seen = functions.traces.filter((t) => t.functionName === name && t.at >= from && t.at < to && t.visibleAt <= base.clock.now());
      return ok({
        ...meta,
        TraceSummaries: seen.map((t) => ({ Id: t.id, Duration: t.durationMs / 1000, HasFault: true, IsPartial: false })),
      });
    },
    'xray:BatchGetTraces': ({ TraceIds = [] }) => {
      const found = functions.traces.filter((t) => TraceIds.includes(t.id));
      return ok({
        ...meta,
        Traces: found.map((t) => ({
          Id: t.id,
          Duration: t.durationMs / 1000,
          LimitExceeded: false,
          Segments: [{ Id: t.id.slice(-16), Document: t.document }],
        })),
        UnprocessedTraceIds: TraceIds.filter((id) => !found.some((t) => t.id === id)),
      });
    },
  };
}
