// A deploy is under way on something the plan writes to: it may put right itself what is wrong, and would overwrite what is changed meanwhile.
import { functionArn } from '../model/api.ts';
import { guard, type Situation } from '../model/change.ts';
import { wasLookedAt, type Evidence } from '../model/evidence.ts';

/** A deploy changes by the minute. */
const lookAgainMs = 20_000;

const notKnown = (evidence: Evidence<unknown> | undefined): boolean =>
  evidence === undefined || (evidence.state === 'missing' && (evidence.why !== 'empty' || !wasLookedAt(evidence)));

/** Of a plan that writes to a function, that function; of anything else, every function behind the stage. */
function concerns({ writesTo }: Situation, name: string, at: Situation['at']): boolean {
  const { accountId, region } = at;
  const functions = writesTo.filter((arn) => arn.split(':')[2] === 'lambda');
  return functions.length < writesTo.length || functions.includes(functionArn({ accountId, region, name }));
}

/** What runs, in words; undefined when nothing is seen to. */
function running(s: Situation): string | undefined {
  const { stackEvents: stacks, functionConfig: functions } = s.evidence;
  const updating =
    stacks?.state === 'got'
      ? Object.entries(stacks.value.stacks).find(([key, stack]) => stack.inProgress && concerns(s, key.split(':')[0] ?? key, s.at))
      : undefined;
  if (updating) return `stack ${updating[1].stack} is being updated`;
  const shifting =
    functions?.state === 'got'
      ? Object.entries(functions.value.functions).find(([key, fn]) => fn.weighted === true && concerns(s, key.split(':')[0] ?? key, s.at))
      : undefined;
  if (shifting) return `traffic of ${shifting[0]} is being shifted between two versions`;
  const { codeDeployments: deployments } = s.evidence;
  const moved = deployments?.state === 'got' ? deployments.value.running.find((d) => concerns(s, d.functionName, s.at)) : undefined;
  return moved && `deployment ${moved.id} of CodeDeploy moves ${moved.functionName}:${moved.alias}`;
}

/** What could not be looked at, though the plan writes to it. */
function unseen(s: Situation): string | undefined {
  const { stackEvents: stacks, functionConfig: functions, codeDeployments: deployments } = s.evidence;
  if (notKnown(stacks)) return 'the stacks of what is changed';
  const lost =
    stacks?.state === 'got' ? Object.keys(stacks.value.notHad ?? {}).find((key) => concerns(s, key.split(':')[0] ?? key, s.at)) : undefined;
  if (lost !== undefined) return `the stack of ${lost}`;
  if (notKnown(functions)) return 'the versions that traffic goes to';
  return notKnown(deployments) ? 'CodeDeploy’s deployments' : undefined;
}

export default guard({
  id: 'deploy-in-progress',
  title: 'A deploy is under way on what would be changed, or that cannot be seen',
  looksAt: ['stackEvents', 'functionConfig', 'codeDeployments'],
  check: (s) => {
    const deploy = running(s);
    if (deploy !== undefined)
      return {
        id: 'deploy-in-progress',
        lowersTo: 'wait',
        says: `${deploy}: the deploy may mend this itself, and would overwrite a change made meanwhile`,
        untilAt: s.now + lookAgainMs,
      };
    const hidden = unseen(s);
    return hidden === undefined
      ? undefined
      : { id: 'deploy-in-progress', lowersTo: 'ask', says: `whether a deploy is under way is not known: ${hidden} could not be read` };
  },
});
