// What happens around functions in the account: a state that Lambda sets, a key that somebody switches off, tracing that an owner turns on.
import type { Parts } from './answers/parts.ts';
import type { DownstreamFault, LambdaFunction } from './functions.ts';

export interface FunctionBuilder {
  /** Lambda gives up on a function, or takes it back: undefined makes it active. */
  setFunctionState(name: string, state: { readonly state: string; readonly code: string; readonly reason: string } | undefined): void;
  /** Takes the last address of a function's subnets; `free` gives some back. */
  fillSubnets(name: string, free?: boolean): void;
  /** Seals the function's variables with a key of the account; answers the key's ARN. */
  sealWith(name: string, keyId: string): string;
  /** Switches a key off, or on. */
  setKey(arn: string, state: 'Enabled' | 'Disabled' | 'PendingDeletion'): void;
  /** Something that code calls fails it; undefined: it is well again. */
  setDownstream(name: string, fault: DownstreamFault | undefined): void;
  /** Lets a function send traces to X-Ray. */
  traceFunction(name: string): void;
}

export function createFunctionBuilder({ base, functions, network, trail }: Parts): FunctionBuilder {
  const fn = (name: string): LambdaFunction => {
    const found = functions.all.get(name);
    if (!found) throw new Error(`there is no function ${name}; there are ${[...functions.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  return {
    setFunctionState(name, state) {
      const one = fn(name);
      if (state) one.state = state;
      else delete one.state;
    },
    fillSubnets(name, free = false) {
      const one = fn(name);
      const subnets = network.places.get(name)?.subnets ?? [];
      for (const id of subnets)
        if (free) functions.fullSubnets.delete(id);
        else functions.fullSubnets.add(id);
      if (free) delete one.withoutAddress;
      else one.withoutAddress = true;
    },
    sealWith(name, keyId) {
      const arn = `arn:aws:kms:${base.here.region}:${base.here.accountId}:key/${keyId}`;
      functions.keys.set(arn, 'Enabled');
      fn(name).kmsKeyArn = arn;
      return arn;
    },
    setKey(arn, state) {
      functions.keys.set(arn, state);
      trail.record({
        eventName: state === 'Enabled' ? 'EnableKey' : state === 'Disabled' ? 'DisableKey' : 'ScheduleKeyDeletion',
        eventSource: 'kms.amazonaws.com',
        by: { kind: 'person', arn: `arn:aws:iam::${base.here.accountId}:user/alice`, userName: 'alice' },
        requestParameters: { keyId: arn },
        resources: [{ type: 'AWS::KMS::Key', name: arn }],
      });
    },
    setDownstream(name, fault) {
      if (fault) functions.downstream.set(name, fault);
      else functions.downstream.delete(name);
    },
    traceFunction(name) {
      fn(name).traced = true;
    },
  };
}
