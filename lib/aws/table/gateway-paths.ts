// API Gateway's ARNs are paths without an account id (fixes.md, before §1): how rows write them, for one call and for a role's listed stages.
import type { GrantScope, Here } from '../calls.ts';

export const arn = (here: Here, path: string): string => `arn:aws:apigateway:${here.region}::${path}`;

/** `$default` travels as `%24default` in the request's path, and no source says which of the two IAM compares: both name the same stage. */
export const spellings = (stage: string): readonly string[] => (stage === '$default' ? [stage, '%24default'] : [stage]);

/** The listed stages; any, where the owner lets stages be read that are not listed. */
const readable = (scope: GrantScope, isRest: boolean): GrantScope['stages'] =>
  scope.readUnlisted === true
    ? [{ apiType: 'any', apiId: '*', stage: '*' }]
    : scope.stages.filter((s) => (s.apiType === 'REST') === isRest);

export const rest = (scope: GrantScope, path: (apiId: string, stage: string) => string): readonly string[] =>
  readable(scope, true).map((s) => arn(scope, path(s.apiId, s.stage)));
export const v2 = (scope: GrantScope, paths: (apiId: string, stage: string) => readonly string[]): readonly string[] => [
  ...new Set(readable(scope, false).flatMap((s) => paths(s.apiId, s.stage).map((p) => arn(scope, p)))),
];

/** No stage of that kind is listed: no statement at all, for a statement without a resource is no statement. */
export const some = (resources: readonly string[]) => (resources.length === 0 ? [] : [{ resources }]);
