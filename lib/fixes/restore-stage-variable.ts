// Sets stage variables that deployed integrations need back to the value that CloudTrail recorded before they were lost. Unasked only where a
// deploy lost them: a person may have had a reason.
import * as v from 'valibot';
import { absent, fix, type Change, type Objection, type PlanInput, type Refusal, type UnaskedInput } from '../model/change.ts';
import type { ApiChange, ApiTrail } from '../model/kinds/gateway.ts';
import { glob } from '../model/policy.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import stageVariable, { type VariableTarget } from '../settings/stage-variable.ts';

type Kind = 'deployedApi' | 'apiTrail' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;
type Ask = UnaskedInput<Kind>;
type Against = Objection<'settling' | 'not-seen-failing' | 'person-changed' | 'no-proof' | 'not-understood'>;

const factsSchema = v.object({ variables: v.array(v.object({ name: v.string(), why: v.string() })) });
/** A deploy may set it again itself within the minute. */
const settleMs = 60_000;
const stillMs = 5 * 60_000;
const lookAgainMs = 20_000;
/** How long before the first failure the change may lie and still be its reason; after it, for clocks that differ. */
const before = { changeMs: 60 * 60_000, clocksMs: 5 * 60_000 };

export default fix<Kind, Against['id']>({
  id: 'restore-stage-variable',
  title: 'Set the stage variable back to its value before',
  about: {
    changes:
      'Sets each stage variable that a deployed integration needs and the stage lacks or leaves empty to the value it had before, as CloudTrail recorded it (UpdateStage, CreateStage, CreateDeployment of the last seven days). A value that is not recorded is never guessed.',
    unasked:
      'the owner allowed it (`"unasked": true`), CloudTrail shows that CloudFormation or one of the `deployPrincipals` took the value away within the hour before the first failure, and the stage has failed for 60 seconds and fails still.',
    costs: 'nothing',
  },
  treats: ['stage-variable-missing'],
  settings: [stageVariable.id],
  risk: 'what the value names may be gone since, or the value may have been taken away on purpose',
  consent: 'allowed',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'apiTrail', 'gatewayMetrics'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    const lost = facts.success ? facts.output.variables.filter(({ why }) => why === 'absent' || why === 'empty') : [];
    if (lost.length === 0) return err({ reason: 'the diagnosis does not say which variable is missing' });
    return await each(lost, ({ name }) => changeFor(input, name));
  },
  objections: {
    settling: 'the stage has failed for less than 60 seconds: the deploy may set the variable itself',
    'not-seen-failing': 'no request was seen to fail for five minutes',
    'person-changed': 'a person took the value away, so it may be on purpose',
    'no-proof': 'nothing proves (yet) that a deploy lost it',
    'not-understood': 'the plan holds a change that is not a stage variable',
  },
  unasked,
});

async function changeFor({ at, evidence, read }: Plan, name: string): Promise<Result<Change, Refusal>> {
  if (evidence.apiTrail.state !== 'got') return err({ reason: `the value of ${name} before is not known: ${evidence.apiTrail.detail}` });
  const value = valueBefore(evidence.apiTrail.value, name);
  if (value === undefined) return err({ reason: `CloudTrail has no record of the value that ${name} had before` });
  const { accountId, region, apiType, apiId, stage } = at;
  const target: VariableTarget = { accountId, region, apiType, apiId, stage, name };
  const now = await read(stageVariable.id, target);
  if (!now.ok) return now;
  const there = v.safeParse(stageVariable.value, now.value.value);
  if (there.success && there.output.value !== '') return err({ reason: `${name} is set already, to ${there.output.value}` });
  return ok({ setting: stageVariable.id, target, from: there.success ? there.output : absent, to: { value } });
}

interface Step {
  readonly change: ApiChange;
  /** Empty: taken away. */
  readonly value: string;
}
/** What was done to the variable, newest first. */
const stepsOf = ({ changes }: ApiTrail, name: string): readonly Step[] =>
  changes.flatMap((change) => {
    const edit = change.edits?.findLast((one) => one.path === `/variables/${name}`);
    return edit ? [{ change, value: edit.op === 'remove' ? '' : (edit.value ?? '') }] : [];
  });
/** The newest that is recorded: an event carries the new value only, so the one before is that of the event before. */
const valueBefore = (trail: ApiTrail, name: string): string | undefined => stepsOf(trail, name).find(({ value }) => value !== '')?.value;

function unasked(input: Ask): readonly Against[] {
  const names = input.changes.flatMap((c) => {
    const target = v.safeParse(stageVariable.target, c.target);
    return target.success ? [target.output.name] : [];
  });
  if (names.length !== input.changes.length)
    return [{ id: 'not-understood', lowersTo: 'ask', says: 'a change of this plan is not a stage variable' }];
  return [...names.flatMap((name) => objectionsTo(input, name)), ...timely(input)];
}

function timely({ now, firstFailureAt, lastFailureAt }: Ask): readonly Against[] {
  if (now - firstFailureAt < settleMs)
    return [
      {
        id: 'settling',
        lowersTo: 'wait',
        says: 'a deploy may set the variable itself: it is set after 60 seconds of failure',
        untilAt: firstFailureAt + settleMs,
      },
    ];
  if (now - lastFailureAt <= stillMs) return [];
  return [
    {
      id: 'not-seen-failing',
      lowersTo: 'wait',
      says: 'no request was seen to fail for five minutes: the variable is set when one fails again',
      untilAt: now + lookAgainMs,
    },
  ];
}

/** The newest step must be the loss, by a deploy, around the first failure. */
function objectionsTo({ evidence, firstFailureAt, deployPrincipals }: Ask, name: string): readonly Against[] {
  const [newest] = evidence.apiTrail.state === 'got' ? stepsOf(evidence.apiTrail.value, name) : [];
  const noProof: Against = { id: 'no-proof', lowersTo: 'ask', says: `nothing proves (yet) that a deploy took the value of ${name} away` };
  if (!newest || newest.value !== '') return [noProof];
  const { change } = newest;
  if (!byDeploy(change, deployPrincipals))
    return [{ id: 'person-changed', lowersTo: 'ask', says: `${change.by} took the value of ${name} away: it may be on purpose` }];
  const near = change.at >= firstFailureAt - before.changeMs && change.at <= firstFailureAt + before.clocksMs;
  return near ? [] : [noProof];
}

/** CloudFormation calls with the rights of whoever started the deploy: the record names that person too. */
const byDeploy = ({ invokedBy, principalArn = '' }: ApiChange, deployPrincipals: readonly string[]): boolean =>
  invokedBy === 'cloudformation.amazonaws.com' || deployPrincipals.some((pattern) => glob(pattern, principalArn));
