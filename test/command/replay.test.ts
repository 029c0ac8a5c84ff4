// `gatemedic replay`: of a table's history and of recorded cases. What stands in a row is told as it was judged then; a case is weighed now.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { InstalledAccount } from '../../lib/command/command.ts';
import type { Judged } from '../../lib/command/judged.ts';
import { replay } from '../../lib/command/replay.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { ok } from '../../lib/model/result.ts';
import { advised, asking, base, changeAt, fixed, installation, minute, plan, t0 } from '../messages/incidents.ts';
import { people } from '../stages/people.ts';
import { tellingWorld } from '../stages/telling-world.ts';
import { runCommand } from './edges.ts';

const day = 24 * 3_600_000;
const example = readFileSync('docs/example-case.json', 'utf8');

async function replayed(args: readonly string[], ...have: readonly (readonly [Incident, ...Parameters<typeof changeAt>[]])[]) {
  const w = tellingWorld(t0 + 10 * minute);
  for (const [incident, ...changes] of have) await w.have(incident, ...changes.map((c) => changeAt(...c)));
  const account = {
    region: 'us-east-1',
    whoAmI: async () => ok({ accountId: '111122223333', arn: people.ada.arn }),
    describe: async () => ok({ table: 'x', settings: installation }),
    store: () => w.store,
  } as unknown as InstalledAccount;
  return runCommand(replay, args, { installed: () => account, now: w.clock.now });
}
const judgements = (out: string): readonly Judged[] =>
  out
    .trim()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Judged);

describe('an installation’s own history', () => {
  test('what was judged in another mode; what was done in mode act; what is unknown; each with why not', async () => {
    const shadow = {
      at: t0,
      would: 'ask',
      plan: { fix: plan.fix, hash: plan.hash, preview: plan.preview },
      against: [{ id: 'changed-by-hand', says: 'ada took it away' }],
    } as const;
    const { out, code } = await replayed(
      ['--json'],
      [{ ...advised, id: 'inc-observed', shadow, openedAt: t0 }],
      [{ ...fixed, id: 'inc-mended', openedAt: t0 + 1 }, ['verified', { id: 'chg-a', incidentId: 'inc-mended' }]],
      [
        { ...fixed, id: 'inc-approved', openedAt: t0 + 2 },
        ['verified', { id: 'chg-b', incidentId: 'inc-approved', approvedBy: { kind: 'person', id: 'U0ADA0001' } }],
      ],
      [{ ...asking, id: 'inc-asking', openedAt: t0 + 3 }],
      [
        {
          ...base,
          id: 'inc-unknown',
          openedAt: t0 + 4,
          diagnosis: { ...(base.diagnosis ?? { at: t0, missing: [] }), cause: 'unknown', certainty: 'unknown', suspects: [] },
        },
      ],
      [{ ...base, id: 'inc-part', openedAt: t0 + 5, parentId: 'inc-outage' }],
    );
    expect(code).toBe(0);
    expect(judgements(out).map(({ id, would, because }) => [id, would, because])).toEqual([
      ['inc-observed', 'asked', ['ada took it away']],
      ['inc-mended', 'unasked', []],
      ['inc-approved', 'asked', ['proven']],
      ['inc-asking', 'asked', ['nothing proves yet that a deploy removed the permission']],
      ['inc-unknown', 'unknown', ['the cause is not known']],
    ]);
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toEqual({
      summary: { unasked: 1, asked: 3, waited: 0, advised: 0, unknown: 1 },
    });
  });
  test('only so far back', async () => {
    const { out } = await replayed(
      ['--since', '7d', '--json'],
      [{ ...fixed, id: 'inc-old', closedAt: t0 - 8 * day, openedAt: t0 - 8 * day }],
    );
    expect(judgements(out)).toEqual([]);
  });
  test.each(['1y', '0d', '91d', 'soon'])('--since %s is no span', async (since) => {
    expect(await replayed(['--since', since])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--since is "\w+"; give a span up to 90d/) as string,
    });
  });
});

describe('recorded cases', () => {
  test('weighed by production’s own plan and guards, without network and credentials', async () => {
    const { code, out, err } = await runCommand(replay, ['--input', 'one.json'], { files: { 'one.json': example } });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/· lambda-permission-missing, confirmed\n/);
    expect(out).toMatch(/would be (?:mended unasked|asked about): re-add-invoke-permission\n {4}• /);
    expect(out).toMatch(/\n1 incident: /);
  });
  test('a bad line is told, the good ones are judged', async () => {
    const lines = `${JSON.stringify(JSON.parse(example))}\nnonsense\n{"id":"b","logs":[{"kind":"function","lines":["x Task timed out after 3.00 seconds"]}]}\n`;
    const { code, out, err } = await runCommand(replay, ['--input', 'all.jsonl', '--json'], { files: { 'all.jsonl': lines } });
    expect(code).toBe(2);
    expect(err).toMatch(/all\.jsonl, line 2/);
    expect(judgements(out).map(({ cause, would }) => [cause, would])).toEqual([
      ['lambda-permission-missing', expect.any(String)],
      ['lambda-timeout', 'advised'],
    ]);
    expect(judgements(out)[1]?.because).toEqual(['lambda-timeout is only suspected']);
  });
  test('--input goes with no installation', async () => {
    expect(await runCommand(replay, ['--input', 'x', '--region', 'us-east-1'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--region does not go with --input') as string,
    });
  });
});
