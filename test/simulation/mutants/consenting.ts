// Who may say yes and to what, the brakes, the limits, and the proof: each thing left out in its turn.
import { mutant, type Mutant } from './mutant.ts';

const answer = 'lib/stages/answer.ts';
const apply = 'lib/stages/changing/apply.ts';
const word = 'lib/stages/answering/word.ts';
const weigh = 'lib/stages/weighing/weigh.ts';
const approval = 'lib/stages/weighing/approval.ts';
const situation = 'lib/stages/weighing/situation.ts';
const consent = 'lib/stages/weighing/consent.ts';
const suited = 'lib/stages/weighing/suited.ts';
const prove = 'lib/stages/prove.ts';

const people: readonly Mutant[] = [
  mutant('anybody may approve', word, 'if (!approvers.includes(c.userId))', 'if (false as boolean)'),
  mutant('people of another workspace may approve', word, 'if (c.teamId !== slack.teamId)', 'if (false as boolean)'),
  mutant(
    'another hash is approved at the click',
    answer,
    'if (q.plan.hash !== c.hash || hashOf(q.plan.fix, q.plan.changes) !== q.plan.hash)',
    'if (false as boolean)',
  ),
  mutant('an expired question is answered', answer, 'if (q.expiresAt <= now)', 'if (false as boolean)'),
  mutant('a question is answered twice', answer, "if (q.state !== 'pending') return overWords(q, now);", ''),
  mutant('a click on another question counts', answer, 'if (!q || q.id !== c.about)', 'if (!q)'),
  mutant(
    'a click on an old message counts',
    answer,
    "if (c.origin === 'slack' && (message?.ts !== c.messageTs || message.channel !== c.channel))",
    'if (false as boolean)',
  ),
  mutant('one person is two', answer, 'q.approvals?.some((a) => samePerson(a.by.id, c.by.id))', '(false as boolean)'),
  mutant(
    'two people are never needed',
    consent,
    "declaredFixes.find((f) => f.id === id)?.consent === 'two-person' || listed(installation, id)?.twoPerson === true;",
    'false as boolean && listed(installation, id) !== undefined;',
  ),
  mutant('every fix may run unasked', consent, "return fix.consent === 'allowed' && owner?.unasked === true;", 'return true;'),
  mutant(
    'the changes are not compared with their hash before the first write',
    apply,
    'if (hashOf(plan.fix, plan.changes) !== plan.hash || decision.plan.hash !== plan.hash)',
    'if (false as boolean)',
  ),
  mutant(
    'an approval is not looked at again before the first write',
    apply,
    'if (decision.question !== undefined) return approvalOf(incident, decision, world.installation);',
    'if (decision.question !== undefined) return undefined;',
  ),
  mutant('an old decision is carried out', apply, 'return world.now() - decision.at > staleMs ?', 'return (false as boolean) ?'),
  mutant(
    'a no is forgotten',
    weigh,
    "dismissed?.includes(plan.fix) === true || (question?.state === 'dismissed' && question.plan.fix === plan.fix);",
    'false as boolean && dismissed !== undefined && question !== undefined && plan !== undefined;',
  ),
  mutant(
    'what the owner forbids is no reason against an approval',
    approval,
    'if (against.length === 0) return approved(question, now, despite(situation));',
    'if (against.length >= 0) return approved(question, now, despite(situation));',
  ),
  mutant(
    'what is gone is no reason against an approval',
    approval,
    'if (changed !== undefined) return',
    'if (changed !== undefined && (false as boolean)) return',
  ),
  mutant(
    'a question never expires',
    'lib/stages/weighing/question.ts',
    "if (question.state !== 'pending' || question.expiresAt > now) return { question, notes: [] };",
    "if (question.state !== 'pending' || now > 0) return { question, notes: [] };",
  ),
];

const brakes: readonly Mutant[] = [
  mutant(
    'the kill switch is always off',
    situation,
    "return value === 'off' ? 'off' : value === 'on' ? 'on' : 'unreadable';",
    "return 'off';",
  ),
  mutant(
    'a kill switch that cannot be read is off',
    situation,
    "if (!answer.ok) return 'unreadable';\n  const value",
    "if (!answer.ok) return 'off';\n  const value",
  ),
  mutant('a kill switch that says neither is off', situation, "value === 'on' ? 'on' : 'unreadable';", "value === 'on' ? 'on' : 'off';"),
  mutant(
    'the kill switch is not read before the first write',
    apply,
    'const brake = await killSwitch(world.aws, world.installation.killSwitchParameter);',
    "const brake = 'off' as Awaited<ReturnType<typeof killSwitch>>;",
  ),
  mutant(
    'the kill switch is not read between two changes',
    apply,
    "if (n > 0 && (await killSwitch(world.aws, world.installation.killSwitchParameter)) !== 'off')",
    'if (false as boolean)',
  ),
  mutant(
    'the calendars are always open',
    situation,
    "return answer.value.State === 'OPEN' ? 'open' : answer.value.State === 'CLOSED' ? 'closed' : 'unreadable';",
    "return 'open';",
  ),
  mutant(
    'calendars that cannot be read are open',
    situation,
    "const answer = await aws.call('ssm:GetCalendarState', { CalendarNames: [...calendars] });\n  if (!answer.ok) return 'unreadable';",
    "const answer = await aws.call('ssm:GetCalendarState', { CalendarNames: [...calendars] });\n  if (!answer.ok) return 'open';",
  ),
];

const limits: readonly Mutant[] = [
  mutant(
    'failures of the last hour are not counted',
    situation,
    'failedLastHour: { ofTheStage: failed.filter((r) => here.has(r.id)).length, anywhere: failed.length },',
    'failedLastHour: { ofTheStage: 0, anywhere: 0 },',
  ),
  mutant(
    'changes of the last hour are not counted',
    situation,
    'unaskedLastHour: records.filter((r) => begunUnasked(r, now - hourMs)).length,',
    'unaskedLastHour: 0,',
  ),
  mutant(
    'what was changed lately is not known',
    situation,
    'recent: records.map(recentOf).filter((r) => here.has(r.id) || r.keys.some((key) => keys.includes(key))),',
    'recent: [],',
  ),
  mutant(
    'stages in trouble are not counted',
    situation,
    'return Math.max(recent.length, members.length);',
    'return Math.min(0, recent.length, members.length);',
  ),
  mutant(
    'an outage is never declared',
    'lib/stages/opening/outage.ts',
    'return keys.size > world.installation.outage.stages ? declare(world, signal) : undefined;',
    'return (false as boolean) ? declare(world, signal) : undefined;',
  ),
  mutant(
    'what leases cost is not added up',
    situation,
    'spending: spendingOf(records, now),',
    'spending: { usdPerHour: 0, usdLastDay: 0 },',
  ),
];

const proof: readonly Mutant[] = [
  mutant(
    'a suspicion is planned for',
    suited,
    "if (diagnosis.certainty === 'confirmed') return fixes",
    'if (true as boolean) return fixes',
  ),
  mutant(
    'traffic need not have recovered',
    prove,
    "if (healed.is === 'healed' && traffic.is === 'recovered')",
    "if (healed.is === 'healed')",
  ),
  mutant(
    'the cause need not be gone',
    prove,
    "if (healed.is === 'healed' && traffic.is === 'recovered')",
    "if (traffic.is === 'recovered')",
  ),
  mutant('a change that did not help stays', prove, "if (healed.is === 'stillThere' && traffic.is === 'failing')", 'if (false as boolean)'),
  mutant(
    'proof rests on minutes from before the change',
    'lib/stages/changing/proof-time.ts',
    'wholeMinuteAfter(settledAt + inForceMs);',
    'wholeMinuteBefore(settledAt - 5 * minute);',
  ),
];

export const ofConsenting: readonly Mutant[] = [...people, ...brakes, ...limits, ...proof];
