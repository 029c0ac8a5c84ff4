// CodeDeploy's rows: which deployment shifts an alias, and stopping it. IAM narrows half of them to deployment groups, the rest to nothing.
import type { CallName, CallRow, GrantScope, Here } from '../calls.ts';

type Rows = { readonly [N in Extract<CallName, `codedeploy:${string}`>]: CallRow<N> };

const groups = (here: Here): string => `arn:aws:codedeploy:${here.region}:${here.accountId}:deploymentgroup:*`;
const anyGroup = 'Which deployment group shifts an alias is only known at run time: those of the account and Region can be read.';
const noResource = 'IAM has no resource for it: every deployment of the account and Region can be read.';

const byGroup = {
  effect: 'read',
  resource: (_input: unknown, here: Here) => [groups(here)],
  grants: (scope: GrantScope) => [{ resources: [groups(scope)] }],
} as const;
const anywhere = { effect: 'read', resource: () => ['*'], grants: () => [{ resources: ['*'] }] } as const;

/** A deployment is named by its id alone, so listing any deployment group lets every deployment be stopped as far as IAM goes. */
const stoppable = ({ resources = [] }: GrantScope) =>
  resources.some((arn) => arn.split(':')[2] === 'codedeploy') ? [{ resources: ['*'] }] : [];

export const codeDeployRows: Rows = {
  'codedeploy:ListDeployments': {
    ...byGroup,
    iam: ['codedeploy:ListDeployments'],
    why: 'Finds deployments that are under way: what they shift, nobody else may move.',
    wide: anyGroup,
  },
  'codedeploy:BatchGetDeployments': {
    ...byGroup,
    iam: ['codedeploy:BatchGetDeployments'],
    why: 'Reads when a deployment began, of which group it is, and how it stands.',
    wide: anyGroup,
  },
  'codedeploy:ListDeploymentTargets': {
    ...anywhere,
    iam: ['codedeploy:ListDeploymentTargets'],
    why: 'Finds what a deployment under way deploys to.',
    wide: noResource,
  },
  'codedeploy:BatchGetDeploymentTargets': {
    ...anywhere,
    iam: ['codedeploy:BatchGetDeploymentTargets'],
    why: 'Reads which alias a deployment shifts, and between which versions.',
    wide: noResource,
  },
  'codedeploy:StopDeployment': {
    iam: ['codedeploy:StopDeployment'],
    effect: 'write',
    why: 'Stops a deployment that brought the burst, and has CodeDeploy roll it back.',
    wide: 'IAM has no resource for it (fixes.md §5): once any deployment group is listed, every deployment of the account could be stopped; the code stops only one of a listed group that shifts the alias the API calls.',
    resource: () => ['*'],
    grants: stoppable,
  },
};
