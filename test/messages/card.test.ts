import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { Block } from '../../lib/messages/blocks.ts';
import { buttonValue } from '../../lib/messages/buttons.ts';
import { incidentCard } from '../../lib/messages/card.ts';
import { checkBlocks, checkMessage } from '../../lib/messages/check-blocks.ts';
import { notesMessage, whisperMessage } from '../../lib/messages/thread.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import { steps } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { advised, asking, base, changeAt, fixed, hour, installation, minute, plan, question, second, t0, warm } from './incidents.ts';

const now = t0 + 2 * minute;
const card = (incident: Incident, changes: readonly ChangeRecord[] = [], at = now) =>
  incidentCard(incident, changes, installation, { now: at });
/** The card as text, one line a line. */
const read = (blocks: readonly Block[]): string =>
  blocks
    .flatMap((b) =>
      b.type === 'header'
        ? [`# ${b.text.text}`]
        : b.type === 'section'
          ? 'text' in b
            ? [b.text.text]
            : b.fields.map((f) => f.text)
          : b.type === 'context'
            ? b.elements.map((e) => `(${e.text})`)
            : b.type === 'actions'
              ? [b.elements.map((e) => `[${e.text.text}]`).join(' ')]
              : ['---'],
    )
    .join('\n')
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<https:[^|>]*\|([^>]*)>/g, '$1');
const buttons = (blocks: readonly Block[]) =>
  blocks.flatMap((b) => (b.type === 'actions' ? b.elements.map((e) => e.action_id.replace('gatemedic.', '')) : []));

test('a card that asks, as a person reads it', () => {
  expect(read(card(asking).blocks)).toMatchInlineSnapshot(`
    "# 🟠 orders / prod is failing: your decision, please
    *lambda permission missing* · confirmed
    312 failed requests seen since 03:11:02 UTC, last at 03:12:32 UTC
    cause found after 25 s
    • the policy of \`orders:live\` has no statement that lets \`apigateway.amazonaws.com\` invoke it for \`arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders\`
    • 312 of 312 requests failed while \`orders\` was not invoked once
    > \`Execution failed due to configuration error: Invalid permissions on Lambda function\`
    (Why: nothing proves yet that a deploy removed the permission)
    *Proposed: re add invoke permission*
    • \`invoke permission of orders:live for GET /orders: absent → apigateway.amazonaws.com may lambda:InvokeFunction\`
    (costs nothing
    <@U0ADA0001> <@U0BOB0002> · open until 04:12:42 UTC)
    [Approve] [Dismiss]
    *Make it last:* keep the permission in the stack that owns the function
    \`\`\`
    OrdersInvoke:
      Type: AWS::Lambda::Permission
      Properties:
        FunctionName: !Ref OrdersLive
        Action: lambda:InvokeFunction
        Principal: apigateway.amazonaws.com
    \`\`\`
    (metrics · execution log · orders · its log
    \`inc-mb1x2y-4f7a\` · 111122223333 · us-east-1)"
  `);
});

test('a card of a relief says what callers meet while it stands', () => {
  const at = (step: 'verified' | 'undone') => {
    const change = changeAt(step, { undoUntilAt: t0 + 24 * hour });
    const relief = { ...change, plan: { ...change.plan, relieves: 'callers above the limit hear 429' } };
    return read(card(fixed, [relief]).blocks);
  };
  expect(at('verified')).toContain('meanwhile callers above the limit hear 429');
  expect(at('undone')).not.toContain('meanwhile');
});

test('a card of a fix that was proven', () => {
  expect(read(card(fixed, [changeAt('verified', { undoUntilAt: t0 + 24 * hour })]).blocks)).toMatchInlineSnapshot(`
    "# 🟢 orders / prod works again
    *lambda permission missing* · confirmed
    312 failed requests seen since 03:11:02 UTC, the last at 03:12:32 UTC
    cause found after 25 s · changed after 2 min 20 s · proven after 2 min 40 s
    • the policy of \`orders:live\` has no statement that lets \`apigateway.amazonaws.com\` invoke it for \`arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders\`
    • 312 of 312 requests failed while \`orders\` was not invoked once
    > \`Execution failed due to configuration error: Invalid permissions on Lambda function\`
    *Change: re add invoke permission* · made and proven
    • \`invoke permission of orders:live for GET /orders: absent → apigateway.amazonaws.com may lambda:InvokeFunction\`
    (by Gatemedic, unasked, at 03:13:02 UTC)
    [Undo]
    *Make it last:* keep the permission in the stack that owns the function
    \`\`\`
    OrdersInvoke:
      Type: AWS::Lambda::Permission
      Properties:
        FunctionName: !Ref OrdersLive
        Action: lambda:InvokeFunction
        Principal: apigateway.amazonaws.com
    \`\`\`
    (metrics · execution log · orders · its log
    \`inc-mb1x2y-4f7a\` · 111122223333 · us-east-1 · closed 5 min after the first failure)"
  `);
});

test('a card that can only advise says what it could not see', () => {
  expect(read(card(advised).blocks)).toMatchInlineSnapshot(`
    "# 🔴 orders / prod is failing
    *The cause is not known yet*
    312 failed requests seen since 03:11:02 UTC, last at 03:12:32 UTC
    (Ruled out: lambda timeout
    Not seen: execution log (not enabled), function log (not allowed)
    Would settle it: turn on execution logging at level \`ERROR\` for this stage)
    (Why: the cause is not known)
    *What to do:* The cause is not known.
    1. look at the log of \`orders\`
    2. turn on execution logging
    (metrics · execution log
    \`inc-mb1x2y-4f7a\` · 111122223333 · us-east-1)"
  `);
});

test('an outage is one card, with its stages', () => {
  const outage: Incident = {
    ...advised,
    at: { ...base.at, apiId: '*', stage: '*' },
    outageOf: Array.from({ length: 30 }, (_, n) => `api${n}/prod`),
  };
  const text = read(card(outage).blocks);
  expect(text).toContain('# 🔴 30 stages are failing at once');
  expect(text).toContain('`api0/prod`');
  expect(text).toContain('and 18 more');
  const over = { ...outage, decision: { do: 'close' as const, outcome: 'advised' as const, at: now, because: [] } };
  const works = { ...over, ...(over.diagnosis ? { diagnosis: { ...over.diagnosis, failing: false } } : {}) };
  expect(read(card(works).blocks)).toContain('# ⚪ 30 stages no longer fail\n');
  expect(read(card(over).blocks), 'nothing says so').toContain('# ⚪ 30 stages show no failure any more\n');
});

describe('buttons follow the state', () => {
  const after = (step: ChangeRecord['step'], more: Partial<ChangeRecord> = {}, at = now) =>
    buttons(card({ ...base, changes: ['chg-1'] }, [changeAt(step, more)], at).blocks);
  const lease = { plan: warm, leaseEndsAt: t0 + 2 * hour };

  test('Approve and Dismiss while the question is open, never after', () => {
    expect(buttons(card(asking).blocks)).toEqual(['approve', 'dismiss']);
    for (const state of ['approved', 'dismissed', 'expired', 'withdrawn'] as const)
      expect(buttons(card({ ...asking, question: { ...question, state } }).blocks)).toEqual([]);
    expect(buttons(card({ ...asking, phase: 'closed', outcome: 'none', closedAt: now }).blocks)).toEqual([]);
  });

  test('Undo while the change stands and its window is open', () => {
    const undoable = steps.filter((step) => after(step).includes('undo'));
    expect(undoable).toEqual(['applied', 'verified']);
    expect(after('verified', { undoUntilAt: now + 1 })).toEqual(['undo']);
    expect(after('verified', { undoUntilAt: now })).toEqual([]);
    expect(after('applied', {}, t0 + 26 * hour)).toEqual([]);
  });

  test('Keep while a proven lease runs', () => {
    expect(after('verified', lease)).toEqual(['undo', 'keep']);
    expect(after('applied', lease)).toEqual(['undo']);
    expect(after('verified', lease, t0 + 2 * hour)).toEqual(['undo']);
    expect(after('kept', lease)).toEqual([]);
  });

  test('a button carries what it was about, and the hash of what was shown', () => {
    const [actions] = card(asking).blocks.flatMap((b) => (b.type === 'actions' ? [b] : []));
    expect(JSON.parse(actions?.elements[0]?.value ?? '')).toEqual({ incidentId: base.id, about: 'q81c', hash: plan.hash });
    expect(() => buttonValue({ incidentId: 'x'.repeat(2000), about: '', hash: '' })).toThrow(/slack takes 2000/);
  });
});

describe('without Slack’s buttons', () => {
  const arns = ['arn:aws:sts::111122223333:assumed-role/oncall/*'];
  const silent: typeof installation = { ...installation, receiver: 'none', approvers: [], approverArns: arns };
  const shown = (incident: Incident, changes: readonly ChangeRecord[] = [], of = silent) => incidentCard(incident, changes, of, { now });
  test('where nothing receives: the exact commands, and who may, instead of buttons', () => {
    const { blocks } = shown(asking);
    expect(JSON.stringify(blocks)).not.toContain('"actions"');
    expect(read(blocks)).toContain(`*By the command line:*\n\`gatemedic approve ${base.id}\`\n\`gatemedic dismiss ${base.id}\``);
    expect(read(blocks)).toContain('`assumed-role/oncall/*` · open until');
    const changes = [
      changeAt('verified', { plan: warm, leaseEndsAt: t0 + hour, undoUntilAt: t0 + 24 * hour }),
      changeAt('stuck', { id: 'chg-2' }),
    ];
    expect(read(shown(fixed, changes).blocks)).toMatch(/`gatemedic undo chg-1`\n`gatemedic keep chg-1`[^]*`gatemedic settle chg-2`/);
    checkMessage(shown(asking));
  });
  test('where both are: buttons, and the command for those who are listed', () => {
    const both = shown(asking, [], { ...installation, approverArns: arns });
    expect(read(both.blocks)).toContain('[Approve] [Dismiss]');
    expect(read(both.blocks)).toContain(
      `<@U0ADA0001> <@U0BOB0002> or \`gatemedic approve ${base.id}\` by \`assumed-role/oncall/*\` · open until`,
    );
  });
  test('nobody listed is said', () => {
    expect(read(shown(asking, [], { ...installation, receiver: 'none', approvers: [] }).blocks)).toContain(
      'Nobody may approve: no approverArns are set',
    );
  });
  test('whoever decided by the command line is named, and mentions nobody', () => {
    const by = { kind: 'person', id: 'arn:aws:sts::111122223333:assumed-role/oncall/<@U0ADA0001>', name: 'x' } as const;
    const text = read(shown({ ...asking, question: { ...question, state: 'approved', by, decidedAt: now } }).blocks);
    expect(text).toContain('Approved by `assumed-role/oncall/&lt;@U0ADA0001&gt;`');
  });
});

describe('who decided', () => {
  test('a person who approved, with the time', () => {
    const approved: Incident = {
      ...asking,
      question: { ...question, state: 'approved', by: { kind: 'person', id: 'U0ADA0001', name: 'ada' }, decidedAt: t0 + minute },
    };
    expect(read(card(approved).blocks)).toContain('Approved by <@U0ADA0001> at 03:12:02 UTC');
  });
  test('a person who undid it; the lease; nobody', () => {
    const undone = changeAt('undone');
    const by = (actor: ChangeRecord['entries'][number]['by']) =>
      read(
        card({ ...fixed }, [{ ...undone, entries: undone.entries.map((e) => (e.step === 'undoing' ? { ...e, by: actor } : e)) }]).blocks,
      );
    expect(by({ kind: 'person', id: 'U0BOB0002' })).toContain('taken back by <@U0BOB0002>');
    expect(by({ kind: 'lease' })).toContain('taken back by the end of its lease');
    expect(read(card(fixed, [changeAt('verified')]).blocks)).toContain('by Gatemedic, unasked');
  });
  test('a stuck change is the headline, with exactly what stands and why', () => {
    const text = read(card({ ...base, changes: ['chg-1'] }, [changeAt('stuck')]).blocks);
    expect(text).toContain('# ⛔ orders / prod: a change is stuck, a person is needed');
    expect(text).toContain('absent → apigateway.amazonaws.com');
    expect(text).toContain('the statement is neither `absent` nor ours');
  });
});

test('cost and lease are said before anybody approves', () => {
  const text = read(card({ ...asking, question: { ...question, plan: warm } }).blocks);
  expect(text).toContain('costs $0.12 an hour ($0.24 a lease) · for 2 h, then looked at and taken down');
});

test('alarms alone: no false count', () => {
  const text = read(card({ ...base, failures: 0 }).blocks);
  expect(text).toContain('5xx alarm since 03:11:02 UTC');
  expect(text).not.toMatch(/\b0 failed/);
});

test('links lead to the stage, its log and its function, and only there', () => {
  const urls = [...JSON.stringify(card(asking).blocks).matchAll(/<(https:[^|>]+)\|/g)].map((m) => m[1] ?? '');
  expect(urls.map((u) => new URL(u).host)).toEqual(Array.from(urls, () => 'us-east-1.console.aws.amazon.com'));
  expect(urls).toContain(
    'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/API-Gateway-Execution-Logs_a1b2c3d4e5$252Fprod',
  );
  expect(urls).toContain(
    'https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/orders/aliases/live?tab=monitoring',
  );
});

test('the same row gives the same card', () => {
  expect(card(asking)).toEqual(card(structuredClone(asking)));
});

test('blocks are Slack’s own types', () => {
  const blocks: readonly KnownBlock[] = card(asking, [changeAt('verified')]).blocks;
  expect(checkBlocks(blocks)).toEqual([]);
});

test('history: one reply for several notes; a whisper keeps its mention out of the notification', () => {
  const reply = notesMessage(
    [
      { key: 'a', at: t0, says: 'asked: "<!channel>"' },
      { key: 'b', at: t0 + second, says: 'answered' },
    ],
    now,
  );
  expect(read(reply.blocks)).toBe('03:11:02 UTC asked: `&lt;!channel&gt;`\n03:11:03 UTC answered');
  const whisper = whisperMessage('It was already approved by <@U0ADA0001>; nothing was changed.');
  expect(whisper.text).toBe('It was already approved by ; nothing was changed.');
  expect(checkMessage(whisper)).toEqual([]);
});

test('a root is told with its consequence, and with a fault beside it', () => {
  const { diagnosis } = asking;
  if (!diagnosis) throw new Error('no diagnosis');
  const told = { ...diagnosis, consequences: ['lambda-timeout'], besides: ['waf-error'], behind: ['network-blocked'] };
  const text = read(card({ ...asking, diagnosis: told }).blocks);
  expect(text).toContain('and because of it: *lambda timeout*');
  expect(text).toContain('and, a fault of its own: *waf error*');
  expect(text).toContain('it may itself come from: *network blocked*');
  expect(read(card(asking).blocks)).not.toContain('because of it');
});
