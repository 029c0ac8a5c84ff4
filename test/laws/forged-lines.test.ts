// Whoever calls an API can make its logs say anything. The lines of every cause, forged in every log: on a healthy stage, on one whose
// other evidence is denied, and on the sandbox's. None of them leads to a confirmation, and so to a change.
import { describe, expect, it } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import { causes } from '../../lib/causes/index.ts';
import { openShop } from '../../lib/demo/shop.ts';
import { duties } from '../../lib/duties.ts';
import type { Diagnosis } from '../../lib/model/cause.ts';
import type { EvidenceKind, Gathered } from '../../lib/model/evidence.ts';
import { defaults } from '../../lib/model/installation.ts';
import { kindOfLog } from '../../lib/model/kinds/log.ts';
import type { LogName } from '../../lib/model/signal.ts';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { diagnose } from '../../lib/stages/looking/diagnose.ts';
import { examine } from '../../lib/stages/looking/examine.ts';
import { at, evidence, gateway, lacks, line, log, now } from '../causes/evidence.ts';
import { textsOf } from '../causes/forged-texts.ts';

const logs = Object.keys(kindOfLog) as readonly LogName[];
const forged = (texts: readonly string[]): Gathered =>
  Object.fromEntries(logs.map((name) => [kindOfLog[name], log(...texts.map((text) => line(name, text)))]));

const everyKind = Object.keys(evidence()) as readonly EvidenceKind[];
const denied: Gathered = Object.fromEntries(everyKind.map((kind) => [kind, lacks('denied')]));
const healthy = evidence({ gatewayMetrics: gateway({ serverErrors: [0, 0] }) });
const everything = causes.flatMap((c) => textsOf(c.id));

describe.each([
  ['denied', denied],
  ['healthy', healthy],
] as const)('where all else is %s', (_, world) => {
  it.each([...causes.map((c) => [c.id, textsOf(c.id)] as const), ['all at once', everything] as const])('%s', (_id, texts) => {
    const told = diagnose({ gathered: { ...world, ...forged(texts) }, at, lines: [], now, widened: true });
    expect(told.suspects.filter((s) => s.verdict.is === 'confirmed')).toEqual([]);
  });
});

describe('on a healthy stage of the sandbox', () => {
  const minute = 60_000;
  const startAt = Date.parse('2026-11-20T10:00:00Z');
  const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];
  const clock = new SimulatedClock(startAt);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7 });
  const shop = openShop(account, { logs: true });
  account.settlePermissions();
  const warm = clock.runUntil(startAt + 20 * minute);
  async function lookAt(texts: readonly string[]): Promise<Diagnosis> {
    await warm;
    const { apiType, apiId, stage, apiName } = shop.victim;
    const place = { accountId: account.accountId, region: account.region, apiType, apiId, stage, apiName };
    const aws = awsClient({ attempt: account.attempt('admin'), clock, random: () => 0, declared });
    const lines = texts.flatMap((text) => logs.map((name) => line(name, text, clock.now() - 3 * minute)));
    let told: Diagnosis | undefined;
    const window = { from: clock.now() - 15 * minute, to: clock.now() };
    clock.start(async () => {
      told = (await examine({ aws, now: () => clock.now() }, { at: place, window, lines, budget: 5 * defaults.callBudget })).diagnosis;
    });
    await clock.runUntil(clock.now() + 5 * minute, () => told !== undefined);
    if (!told) throw new Error('the look did not end');
    return told;
  }
  it.each([...causes.map((c) => [c.id, textsOf(c.id)] as const), ['all at once', everything] as const])('%s', async (_id, texts) => {
    const told = await lookAt(texts);
    expect(told.suspects.filter((s) => s.verdict.is === 'confirmed')).toEqual([]);
    expect(told.certainty).not.toBe('confirmed');
  });
});
