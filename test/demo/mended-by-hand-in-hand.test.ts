// What a person, or two, must approve, from the broken account to its proof and back: on the installation as it is synthesised, with its roles enforced.
import { describe, expect, test } from 'vitest';
import { breakage, victimOf } from '../../lib/demo/breakages/find.ts';
import { offers } from '../../lib/demo/offers.ts';
import type { Observed } from '../../lib/demo/observer.ts';
import { openRun, people, place, type Owner, type Run } from '../../lib/demo/run.ts';
import { roleOf, targetOf } from '../../lib/demo/service-stage.ts';
import type { Shop, ShopStage } from '../../lib/demo/shop.ts';

const minute = 60_000;
const [robin = '', sam = ''] = people.filter((p) => p.approves).map((p) => p.id);
const arn = (service: string, rest: string, region = place.region): string => `arn:aws:${service}:${region}:${place.accountId}:${rest}`;
const boundary = { arn: arn('iam', 'policy/boundary', ''), statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } as const;
const bounded = (shop: Shop, stage: ShopStage): void => shop.account.services.putRole(roleOf(stage), { boundary });

interface Story {
  readonly fix: string;
  readonly breakage: string;
  readonly people: readonly string[];
  readonly owner: (stage: ShopStage) => Owner;
  readonly prepare?: (shop: Shop, stage: ShopStage) => void;
  /** What the question must say. */
  readonly says: RegExp;
}
const roles = (stage: ShopStage): Owner => ({ resources: [arn('iam', `role/${roleOf(stage)}`, '')], permissionsBoundary: boundary.arn });
const groups = (): Owner => ({ resources: [arn('ec2', 'security-group/*')] });

const stories: readonly Story[] = [
  {
    fix: 'raise-table-capacity',
    breakage: 'table-throttled',
    people: [robin],
    owner: (stage) => ({ resources: [arn('dynamodb', `table/${targetOf(stage)}`)] }),
    says: /1 read and 1 write units a second → 1 read and \d+ write units a second/,
  },
  {
    fix: 'restore-role-statement',
    breakage: 'service-role-loses-permission',
    people: [robin, sam],
    owner: roles,
    prepare: bounded,
    says: /removed by alice at 2026-11-20 09:2\d UTC.{0,10}: no policy → allow sqs:SendMessage on/,
  },
  {
    fix: 'restore-role-statement',
    breakage: 'function-role-loses-permission',
    people: [robin, sam],
    owner: roles,
    prepare: bounded,
    says: /no policy → allow lambda:InvokeFunction on/,
  },
  {
    fix: 'restore-role-statement',
    breakage: 'execution-role-loses-permission',
    people: [robin, sam],
    owner: () => ({ resources: [arn('iam', 'role/orders-role', '')], permissionsBoundary: boundary.arn }),
    prepare: (shop) => shop.account.services.putRole('orders-role', { boundary }),
    says: /allow logs:CreateLogStream, logs:PutLogEvents on \* → .{0,200}allow dynamodb:PutItem, dynamodb:UpdateItem on/,
  },
  {
    fix: 'restore-role-statement',
    breakage: 'execution-policy-detached',
    people: [robin, sam],
    owner: () => ({ resources: [arn('iam', 'role/orders-role', '')], permissionsBoundary: boundary.arn }),
    prepare: (shop) => shop.account.services.putRole('orders-role', { boundary }),
    says: /policy\/orders-items .{0,80}: not attached → attached at v1 .{0,40}allow dynamodb:PutItem, dynamodb:UpdateItem on/,
  },
  {
    fix: 're-add-security-group-rule',
    breakage: 'target-rule-revoked',
    people: [robin, sam],
    owner: groups,
    says: /revoked by alice at 2026-11-20 09:2\d UTC.{0,10}: no rule → admits sg-[0-9a-f]{16} on tcp 8080/,
  },
  {
    fix: 're-add-security-group-rule',
    breakage: 'balancer-rule-revoked',
    people: [robin, sam],
    owner: groups,
    says: /no rule → admits sg-[0-9a-f]{16} on tcp 80/,
  },
];

async function open(story: Story, seen: Observed[], over: Owner = {}): Promise<{ run: Run; stage: ShopStage; brokeAt: number }> {
  const found = breakage(story.breakage);
  const at: { stage?: ShopStage } = {};
  const run = await openRun({
    seed: 11,
    logs: true,
    owner: { fixes: [{ id: story.fix }], ...story.owner(stageOf(story)), ...over },
    prepare: (shop) => {
      const stage = victimOf(shop, found);
      at.stage = stage;
      found.prepare?.(shop, stage);
      story.prepare?.(shop, stage);
    },
    onEvent: (event) => seen.push(event),
  });
  if (!at.stage) throw new Error('there is no victim');
  const brokeAt = run.clock.now();
  found.breakIt(run.shop, at.stage);
  return { run, stage: at.stage, brokeAt };
}
/** The owner writes his settings before there is an account: names follow from the stage alone. */
const stageOf = (story: Story): ShopStage => ({ apiName: breakage(story.breakage).on === 'HTTP' ? 'payments' : 'orders' }) as ShopStage;

const offering = (run: Run, act: string) => offers(run.slack.messages).find((o) => o.acts.includes(act));
const text = (run: Run): string => JSON.stringify(run.slack.messages);
const until = (run: Run, done: () => boolean, forMs = 60 * minute) => run.clock.runUntil(run.clock.now() + forMs, done);

async function press(run: Run, userId: string, act: string): Promise<void> {
  const offer = offering(run, act);
  if (!offer) throw new Error(`nothing offers ${act}: ${text(run).slice(-3000)}`);
  await run.click(userId, offer.ts, act);
  await run.clock.runUntil(run.clock.now() + 20_000);
}

describe.each(stories.map((s) => [`${s.fix} after ${s.breakage}`, s] as const))('%s', (_, story) => {
  test('is asked, approved, made, proven, and taken back exactly', async () => {
    const seen: Observed[] = [];
    const { run } = await open(story, seen);
    await until(run, () => offering(run, 'approve') !== undefined);
    expect(text(run)).toMatch(story.says);
    const broken = run.account.snapshot();
    for (const person of story.people) {
      expect(run.account.snapshot()).toEqual(broken);
      await press(run, person, 'approve');
    }
    await until(run, () => seen.some((e) => e.kind === 'verified'));
    expect(
      seen.filter((e) => e.kind === 'verified'),
      JSON.stringify(seen.slice(-12), null, 1),
    ).toHaveLength(1);
    const provenAt = run.clock.now();
    await run.clock.runUntil(provenAt + 10 * minute);
    expect(run.account.firstServerErrorAt(provenAt), 'no 5xx once it is proven').toBeUndefined();
    await press(run, robin, 'undo');
    await until(run, () => !run.installed.machines.list().some((d) => d.status === 'RUNNING'), 10 * minute);
    expect(run.account.snapshot()).toEqual(broken);
    expect(run.installed.machines.list().filter((d) => d.status === 'FAILED')).toEqual([]);
  });
});

const first = stories.filter((s, n) => stories.findIndex((one) => one.fix === s.fix) === n);
describe.each(first.map((s) => [s.fix, s] as const))('%s', (_, story) => {
  test('is only advice where its resource is not listed', async () => {
    const seen: Observed[] = [];
    const { run, brokeAt } = await open(story, seen, { resources: [arn('dynamodb', 'table/other')] });
    await run.clock.runUntil(brokeAt + 12 * minute);
    expect(offering(run, 'approve')).toBeUndefined();
    expect(seen.some((e) => e.kind === 'change')).toBe(false);
    expect(text(run)).toMatch(/may not write to what this changes|is not authorized to perform: iam:GetRolePolicy/);
  });
});
