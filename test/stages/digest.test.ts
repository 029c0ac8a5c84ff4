import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../lib/messages/check-blocks.ts';
import { median } from '../../lib/messages/digest.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import digest from '../../lib/stages/digest.ts';
import { resend } from '../../lib/stages/telling/outbox.ts';
import { rows } from '../../lib/store/rows.ts';
import { advised, base, changeAt, diagnosis, fixed, hour, minute, question, second, t0, warm } from '../messages/incidents.ts';
import { Crash, tellingWorld } from './telling-world.ts';

const day = 24 * hour;
const now = t0 + 3 * day;
const sectionsOf = (blocks: readonly unknown[]): string =>
  blocks
    .flatMap((b) => {
      const { text, fields } = b as { text?: { text: string }; fields?: { text: string }[] };
      return text ? [text.text] : (fields ?? []).map((f) => f.text);
    })
    .join('\n');

async function week() {
  const w = tellingWorld(now);
  const put = (i: Incident) => rows.incident.create(w.store, i.id, i);
  const change = (c: ChangeRecord) => rows.change.create(w.store, c.id, c);
  await put({ ...fixed, id: 'inc-1', changes: ['chg-1'] });
  await change(changeAt('verified', { id: 'chg-1', incidentId: 'inc-1' }));
  await put({
    ...fixed,
    id: 'inc-2',
    firstFailureAt: t0 + day,
    lastFailureAt: t0 + day + 10 * minute,
    firstDiagnosedAt: t0 + day + 45 * second,
    closedAt: t0 + day + 20 * minute,
    changes: ['chg-2'],
  });
  await change(
    changeAt('undone', {
      id: 'chg-2',
      incidentId: 'inc-2',
      entries: [{ n: 1, step: 'undone', at: t0 + day + minute, by: { kind: 'person', id: 'U0ADA0001' }, why: 'ada pressed "Undo"' }],
    }),
  );
  await put({
    ...advised,
    id: 'inc-3',
    phase: 'closed',
    outcome: 'advised',
    closedAt: t0 + 2 * day,
    at: { ...base.at, apiId: 'zzz', apiName: 'search' },
  });
  await put({
    ...base,
    id: 'inc-4',
    phase: 'closed',
    outcome: 'asked',
    closedAt: t0 + 2 * day,
    diagnosis: { ...diagnosis, cause: 'lambda-cold-start' },
    question: { ...question, plan: warm, state: 'dismissed' },
  });
  await change(changeAt('verified', { id: 'chg-5', incidentId: 'inc-5', plan: warm, leaseEndsAt: now + hour }));
  await put({ ...base, id: 'inc-child', phase: 'closed', outcome: 'none', closedAt: t0 + 2 * day, parentId: 'inc-parent' });
  await put({ ...fixed, id: 'inc-old', closedAt: now - 8 * day });
  await put({ ...base, id: 'inc-open' });
  return w;
}

test('a week, as people read it', async () => {
  const w = await week();
  expect(await digest.run(w.world, {})).toEqual({ digest: 'sent', incidents: 4 });
  expect(w.slack.messages).toHaveLength(1);
  expect(checkMessage(w.slack.messages[0] ?? { text: '', blocks: [] })).toEqual([]);
  expect(sectionsOf(w.slack.messages[0]?.blocks ?? []).replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')).toMatchInlineSnapshot(`
    "Gatemedic's week, 2026-04-30 to 2026-05-07
    *Incidents*
    4 closed, 1 open
    *Ends*
    2 fixed, 2 left to people, 0 passed, 0 undone, 0 failed
    *First failure → cause (median)*
    25 s
    *First failure → recovery (median)*
    1 min 30 s
    *By cause and API*
    • API Gateway is not allowed to call the Lambda function: 2, on \`orders / prod\` × 2
    • New Lambda environments start too slowly for the gateway: 1, on \`orders / prod\`
    • The cause is not known: 1, on \`search / prod\`
    *Fixes*
    • 2 in place
    • 1 taken back
      ◦ Re-add the permission of API Gateway to call the function on \`orders / prod\`: ada pressed \`Undo\`
    *Refused, and why*
    • Keep environments of the function warm on \`orders / prod\`: the question was dismissed
    *Leases still up*
    • \`provisioned concurrency of orders:live: absent → 8 environments\` until 04:11:02 UTC, $0.12 an hour
    *Came back*
    • \`orders / prod\`: API Gateway is not allowed to call the Lambda function, 2 times
    *To mend for good*
    • \`orders / prod\`, API Gateway is not allowed to call the Lambda function: keep the permission in the stack that owns the function
    • \`orders / prod\`, New Lambda environments start too slowly for the gateway: keep the permission in the stack that owns the function"
  `);
});

test('the topic gets the figures', async () => {
  const w = await week();
  await digest.run(w.world, {});
  expect(w.published).toHaveLength(1);
  expect(w.published[0]?.message).toMatchObject({
    version: 1,
    kind: 'digest',
    incidents: 4,
    open: 1,
    leasesUp: 1,
    byCause: { 'lambda-permission-missing': 2, unknown: 1, 'lambda-cold-start': 1 },
    byApi: { 'orders / prod': 3, 'search / prod': 1 },
    byOutcome: { fixed: 2, advised: 1, asked: 1 },
    medianMsToDiagnosis: 25_000,
    repeatOffenders: [{ api: 'orders / prod', cause: 'lambda-permission-missing', times: 2 }],
  });
});

test('an empty week is one line', async () => {
  const w = tellingWorld(now);
  await digest.run(w.world, {});
  expect(w.slack.messages[0]?.blocks).toHaveLength(1);
  expect(w.slack.messages[0]?.text).toBe('Gatemedic, 2026-04-30 to 2026-05-07: a quiet week, no 5xx burst.');
});

describe('once a week, whatever happens', () => {
  test('the schedule delivered twice, one after the other and at once', async () => {
    const w = await week();
    await Promise.all([digest.run(w.world, {}), digest.run(w.world, {})]);
    await digest.run(w.world, {});
    expect(w.slack.messages).toHaveLength(1);
    expect(await w.outbox()).toEqual([]);
  });
  test('Slack is away: the sweeper sends it', async () => {
    const w = await week();
    w.slack.refusing = 'down';
    expect(await digest.run(w.world, {})).toMatchObject({ digest: 'later' });
    expect(w.published).toHaveLength(1);
    w.slack.refusing = undefined;
    for (const entry of await w.outbox()) expect(await resend(w.world, entry)).toBe('sent');
    expect(w.slack.messages).toHaveLength(1);
  });
  test('a crash before it is posted: the outbox has it', async () => {
    const w = await week();
    w.crash.before = 'post';
    await expect(digest.run(w.world, {})).rejects.toThrow(Crash);
    delete w.crash.before;
    w.clock.at += 5 * minute;
    for (const entry of await w.outbox()) expect(await resend(w.world, entry)).toBe('sent');
    expect(w.slack.messages).toHaveLength(1);
  });
});

test('hundreds of incidents still fit one message', async () => {
  const w = tellingWorld(now);
  for (let n = 0; n < 400; n++)
    await rows.incident.create(w.store, `inc-${n}`, {
      ...fixed,
      id: `inc-${n}`,
      at: { ...base.at, apiId: `api${n}`, apiName: `<!channel> name ${n} ${'x'.repeat(200)}` },
    });
  expect(await digest.run(w.world, {})).toMatchObject({ digest: 'sent', incidents: 400 });
  expect(JSON.stringify(w.slack.messages[0]?.blocks)).not.toContain('<!channel>');
});

test('the median is a time that happened', () => {
  expect([median([]), median([5]), median([9, 1]), median([3, 1, 2])]).toEqual([undefined, 5, 1, 2]);
});
