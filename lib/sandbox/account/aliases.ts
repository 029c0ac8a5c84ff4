// An alias moved, whoever moves it: its record in CloudTrail, and what was warm for it allocated anew.
import { arnOf, type Alias, type Functions, type LambdaFunction } from './functions.ts';
import type { Base } from './base.ts';
import type { Provisioning } from './provisioning.ts';
import type { Caller, Trail } from './trail.ts';

interface Around {
  readonly base: Base;
  readonly functions: Functions;
  readonly provisioning: Provisioning;
  readonly trail: Trail;
}
interface Move {
  readonly name: string;
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly by: Caller;
}

export function moveAlias({ base, functions, provisioning, trail }: Around, fn: LambdaFunction, move: Move): Alias {
  const { name, version, weights, by } = move;
  const known = fn.aliases.has(name);
  const alias = functions.alias(fn, name, version, weights);
  trail.record({
    eventName: known ? 'UpdateAlias20150331' : 'CreateAlias20150331',
    eventSource: 'lambda.amazonaws.com',
    by,
    requestParameters: {
      functionName: fn.name,
      name,
      functionVersion: version,
      routingConfig: { additionalVersionWeights: weights },
    },
    resources: [
      { type: 'AWS::Lambda::Function', name: fn.name },
      { type: 'AWS::Lambda::Function', name: arnOf(base, fn.name) },
    ],
  });
  provisioning.moved(fn, name);
  return alias;
}
