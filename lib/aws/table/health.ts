// Rows of the services that tell of AWS itself and of what stands before a stage: AWS Health, and AWS WAF.
import type { CallName, CallRow, GrantScope, Here } from '../calls.ts';
import { arn } from './gateway-paths.ts';

type Rows = { readonly [N in Extract<CallName, `health:${string}` | `wafv2:${string}`>]: CallRow<N> };

const webAcls = (here: Here): string => `arn:aws:wafv2:${here.region}:${here.accountId}:regional/webacl/*/*`;
/** WAF stands before REST stages only, of the kinds of APIs there are. */
const stages = (scope: GrantScope): readonly string[] =>
  scope.stages.filter((s) => s.apiType === 'REST').map((s) => arn(scope, `/restapis/${s.apiId}/stages/${s.stage}`));

export const healthRows: Rows = {
  'health:DescribeEvents': {
    iam: ['health:DescribeEvents'],
    effect: 'read',
    why: 'Sees whether AWS itself reports an incident in this Region.',
    wide: 'It has no resource: every AWS Health event of the account can be read. It answers only with a Business, Enterprise On-Ramp or Enterprise support plan.',
    resource: () => ['*'],
    grants: () => [{ resources: ['*'] }],
  },
  'wafv2:GetWebACLForResource': {
    // The call also checks GetWebACL, and says so only in its documentation.
    iam: ['wafv2:GetWebACLForResource', 'wafv2:GetWebACL'],
    effect: 'read',
    why: 'Reads which web ACL guards a stage, and whether it still exists.',
    wide: 'Which web ACL it is is only known from the answer: the rules of every regional web ACL of the account and Region can be read.',
    resource: (input, here) => [input.ResourceArn ?? '*', webAcls(here)],
    grants: (scope) => (stages(scope).length === 0 ? [] : [{ resources: [...stages(scope), webAcls(scope)] }]),
  },
};
