// The wire to AWS: one try of a call by the SDK. Each service's client is loaded when it is first called.
import { err, ok, type Result } from '../model/result.ts';
import type { Attempt, CallName, In, Out } from './calls.ts';
import { callError, type TriedError } from './errors.ts';
import type { Sends, ServiceName } from './live/sends.ts';
import type { ClientSettings } from './live/settings.ts';
import { nothingAllowed, type Allowed } from './probe.ts';

type Loaders = { readonly [S in ServiceName]: () => Promise<Sends<S>> };

/** `endpoint` is AWS_ENDPOINT_URL, which the SDK reads by itself; it is only asked for to choose CloudWatch's protocol. */
const loaders = (settings: ClientSettings, endpoint: string | undefined, allowed: Allowed): Loaders => ({
  acm: async () => (await import('./live/acm.ts')).sends(settings),
  probe: async () => (await import('./live/probe.ts')).sends(allowed),
  apigateway: async () => (await import('./live/gateway.ts')).sends(settings),
  apigatewayv2: async () => (await import('./live/gateway-v2.ts')).sends(settings),
  'application-autoscaling': async () => (await import('./live/auto-scaling.ts')).sends(settings),
  cloudformation: async () => (await import('./live/cloudformation.ts')).sends(settings),
  cloudtrail: async () => (await import('./live/cloudtrail.ts')).sends(settings),
  cloudwatch: async () => (await import('./live/cloudwatch.ts')).sends(settings, endpoint),
  codedeploy: async () => (await import('./live/codedeploy.ts')).sends(settings),
  ec2: async () => (await import('./live/ec2.ts')).sends(settings),
  elbv2: async () => (await import('./live/elbv2.ts')).sends(settings),
  health: async () => (await import('./live/health.ts')).sends(settings),
  kms: async () => (await import('./live/kms.ts')).sends(settings),
  logs: async () => (await import('./live/logs.ts')).sends(settings),
  lambda: async () => (await import('./live/lambda.ts')).sends(settings),
  servicediscovery: async () => (await import('./live/servicediscovery.ts')).sends(settings),
  dynamodb: async () => (await import('./live/dynamodb.ts')).sends(settings),
  iam: async () => (await import('./live/iam.ts')).sends(settings),
  sns: async () => (await import('./live/sns.ts')).sends(settings),
  sqs: async () => (await import('./live/sqs.ts')).sends(settings),
  states: async () => (await import('./live/states.ts')).sends(settings),
  ssm: async () => (await import('./live/ssm.ts')).sends(settings),
  xray: async () => (await import('./live/xray.ts')).sends(settings),
  wafv2: async () => (await import('./live/waf.ts')).sends(settings),
});

/** One try at the wire, by SDK clients that are kept for the life of the process. `allowed`: what may be tried out; nothing where not said. */
export function liveAttempt(settings: ClientSettings, endpoint?: string, allowed: Allowed = nothingAllowed): Attempt {
  const load = loaders(settings, endpoint, allowed);
  const loaded = new Map<ServiceName, Promise<Partial<Sends<ServiceName>>>>();
  const service = (name: ServiceName): Promise<Partial<Sends<ServiceName>>> => {
    const sends = loaded.get(name) ?? load[name]();
    loaded.set(name, sends);
    return sends;
  };
  return async <N extends CallName>(name: N, input: In<N>): Promise<Result<Out<N>, TriedError>> => {
    const sends = await service(name.slice(0, name.indexOf(':')) as ServiceName);
    const send: ((input: In<N>) => Promise<Out<N>>) | undefined = sends[name];
    if (!send) throw new Error(`call ${name} has no line in lib/aws/live; add it beside its service`);
    try {
      return ok(await send(input));
    } catch (error) {
      const known = callError(name, error);
      if (!known) throw error;
      return err(known);
    }
  };
}
