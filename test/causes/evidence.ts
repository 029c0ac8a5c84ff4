// Evidence as a test writes it: a stage with functions, minutes before and in a burst. What is not said is healthy.
import type { StageRef } from '../../lib/model/api.ts';
import { functionKey, type FunctionRef } from '../../lib/model/api.ts';
import { got, missing, type Evidence, type Gathered, type MissingReason } from '../../lib/model/evidence.ts';
import type { DeployedApi, GatewayMetrics, Integration, Route, Series } from '../../lib/model/kinds/api.ts';
import type { FunctionFact, FunctionMetrics, FunctionPolicy } from '../../lib/model/kinds/function.ts';
import type { LogLines } from '../../lib/model/kinds/log.ts';
import { parsePolicy } from '../../lib/model/policy.ts';
import type { LogLine } from '../../lib/model/signal.ts';

export const now = Date.parse('2026-11-20T10:00:00Z');
export const minute = 60_000;
export const at: StageRef = {
  accountId: '111122223333',
  region: 'us-east-1',
  apiType: 'REST',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
  apiName: 'orders',
};
export const orders: FunctionRef = { accountId: at.accountId, region: at.region, name: 'orders', qualifier: 'live' };
export const key = functionKey(orders);
/** Ten minutes before the burst, then four minutes of it, the last of which ended long enough ago. */
export const before = Array.from({ length: 10 }, (_, n) => now - (18 - n) * minute);
export const burst = Array.from({ length: 4 }, (_, n) => now - (8 - n) * minute);
export const span = { from: now - 20 * minute, to: now };

const series = (quiet: number | undefined, failing: number | undefined): Series => {
  const points = [...before.map((t) => [t, quiet] as const), ...burst.map((t) => [t, failing] as const)].flatMap(([t, value]) =>
    value === undefined ? [] : [[t, value] as const],
  );
  return { at: points.map(([t]) => t), values: points.map(([, value]) => value) };
};

/** Per minute: quiet, then failing. */
type Pair = readonly [number | undefined, number | undefined];
export const gateway = (more: Partial<Record<Exclude<keyof GatewayMetrics, 'periodMs'>, Pair>> = {}): Evidence<GatewayMetrics> => {
  const all = {
    count: [100, 100],
    serverErrors: [0, 100],
    clientErrors: [0, 0],
    latencyMaxMs: [90, 20],
    integrationLatencyMaxMs: [80, 10],
    ...more,
  } as const;
  return got(
    {
      periodMs: minute,
      count: series(...all.count),
      serverErrors: series(...all.serverErrors),
      clientErrors: series(...all.clientErrors),
      latencyMaxMs: series(...all.latencyMaxMs),
      integrationLatencyMaxMs: series(...all.integrationLatencyMaxMs),
    },
    span,
    'aws',
  );
};
type FunctionPairs = Partial<Record<keyof FunctionMetrics['functions'][string], Pair>>;
export const metrics = (functions: Readonly<Record<string, FunctionPairs>>): Evidence<FunctionMetrics> =>
  got(
    {
      periodMs: minute,
      functions: Object.fromEntries(
        Object.entries(functions).map(([name, more]) => {
          const all = {
            invocations: [100, 100],
            errors: [0, 0],
            throttles: [0, 0],
            durationMaxMs: [80, 80],
            concurrentMax: [2, 2],
            ...more,
          } as const;
          return [
            name,
            {
              invocations: series(...all.invocations),
              errors: series(...all.errors),
              throttles: series(...all.throttles),
              durationMaxMs: series(...all.durationMaxMs),
              concurrentMax: series(...all.concurrentMax),
            },
          ];
        }),
      ),
    },
    span,
    'aws',
  );

export const route = (path: string, ref: FunctionRef = orders, more: Partial<Integration> = {}): Route => ({
  method: 'GET',
  path,
  integration: { type: 'AWS_PROXY', timeoutMs: 29_000, function: ref, ...more },
});
export const backend = (path: string, timeoutMs = 29_000): Route => ({
  method: 'GET',
  path,
  integration: { type: 'HTTP_PROXY', uri: 'https://example.com', timeoutMs },
});
export const deployed = (...routes: readonly Route[]): Evidence<DeployedApi> =>
  got({ routes, variables: {}, tags: {}, executionLogging: 'ERROR' }, span, 'aws');

export const fact = (more: Partial<FunctionFact> = {}): FunctionFact => ({ ref: orders, exists: true, timeoutSeconds: 10, ...more });
export const config = (
  functions: Readonly<Record<string, FunctionFact>> = { [key]: fact() },
): Evidence<{ functions: Readonly<Record<string, FunctionFact>> }> => got({ functions }, span, 'aws');

export const grant = (sourceArn: string, effect: 'Allow' | 'Deny' = 'Allow') => ({
  Effect: effect,
  Principal: { Service: 'apigateway.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
  Condition: { ArnLike: { 'AWS:SourceArn': sourceArn } },
});
export const anyRoute = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*';
export const policy = (...statements: readonly object[]): Evidence<FunctionPolicy> =>
  got({ policies: { [key]: { statements: parsePolicy(JSON.stringify({ Statement: statements })) ?? [], sizeBytes: 100 } } }, span, 'aws');

export const line = (log: LogLine['log'], text: string, atMs = burst[0] ?? now): LogLine => ({ log, text, at: atMs });
export const log = (...lines: readonly LogLine[]): Evidence<LogLines> => got({ lines, cut: false }, span, 'forgeable');
export const lacks = (why: MissingReason = 'notEnabled') => missing(why, `${why}, says the test`);

/** A healthy stage, whose gateway answers 5xx all the same; each test says what is wrong. */
export const evidence = (more: Gathered = {}): Gathered => ({
  deployedApi: deployed(route('/orders')),
  gatewayMetrics: gateway(),
  functionMetrics: metrics({ [key]: {} }),
  functionConfig: config(),
  functionPolicy: policy(grant(anyRoute)),
  functionConcurrency: got({ functions: { [key]: {} }, account: { limit: 1000, unreserved: 900 } }, span, 'aws'),
  functionLog: lacks('empty'),
  executionLog: lacks(),
  accessLog: lacks(),
  ...more,
});
