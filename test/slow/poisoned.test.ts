// Secrets in whatever AWS answers: free text, definitions, stage variables, environments, tags, templates. Nothing of them is in the
// evidence, the diagnosis, a saved case or a message, for every breakage (and so for every collector that any of them needs).
import { describe, expect, it } from 'vitest';
import type { Attempt, Aws, CallName } from '../../lib/aws/calls.ts';
import { awsClient } from '../../lib/aws/client.ts';
import { writeCase, type SavedCase } from '../../lib/aws/recorded.ts';
import { causes } from '../../lib/causes/index.ts';
import { collectors } from '../../lib/collectors/index.ts';
import { breakages } from '../../lib/demo/breakages/index.ts';
import { duties } from '../../lib/duties.ts';
import { incidentCard } from '../../lib/messages/card.ts';
import type { Diagnosis } from '../../lib/model/cause.ts';
import { asObject } from '../../lib/model/json.ts';
import { defaults } from '../../lib/model/installation.ts';
import { examine } from '../../lib/stages/looking/examine.ts';
import { base, installation } from '../messages/incidents.ts';
import { brokenShop } from '../stages/broken-shop.ts';

const minute = 60_000;
const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];

/** Every secret holds this word, so that one search finds all; an e-mail and a card are looked for beside it. */
const venom = 'vEn0mVeN0m';
const email = 'ann.poisoned@mail.example.com';
const card = '4111 1111 1111 1111';
const text = [
  `password=${venom}1`,
  `Authorization: Bearer ${venom}2aaaa`,
  `{Cookie=sid=${venom}3; theme=${venom}, X-Api-Key=${venom}4}`,
  `https://app:${venom}5@db.example/shop?access_token=${venom}6`,
  `eyJhbGciOiJIUzI1NiJ9.${venom}.${venom}`,
  `{"client_secret":"${venom}7","refreshToken":"${venom}8"}`,
  email,
  card,
].join(' ');

/** Fields that AWS fills with sentences, not with names. */
const sentences =
  /^(?:message|description|.*Message|.*Reason|.*Description|userAgent|ResourceStatusReason|Cause|body|eventDescription|latestDescription)$/;

function poisoned(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) return new TextEncoder().encode(poisonedDocument(new TextDecoder().decode(value)));
  if (value instanceof Date) return value;
  if (typeof value === 'string')
    return key === 'CloudTrailEvent' ? poisonedDocument(value) : sentences.test(key) ? `${value} ${text}` : value;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key));
  const object = asObject(value);
  if (!object) return value;
  const entries = Object.entries(object).map(([k, one]) => [k, poisoned(one, k)] as const);
  return { ...Object.fromEntries(entries), ...beside(key, object) };
}
/** Names and values that an owner may well have put there himself. */
function beside(key: string, object: object): object {
  const named = { dbPassword: `${venom}9`, api_token: `${venom}10` };
  if (key === 'variables' || key === 'StageVariables' || key === 'stageVariableOverrides' || key === 'Tags') return named;
  if ('Runtime' in object || 'MemorySize' in object) return { Environment: { Variables: { PLAIN: `${venom}11`, ...named } } };
  if (key === 'x-amazon-apigateway-integration') return staticHeaders;
  if ('restApiId' in object || 'deploymentId' in object) return { description: text };
  return {};
}
const staticHeaders = {
  requestParameters: {
    'integration.request.header.Authorization': `'Bearer ${venom}12aaaa'`,
    'integration.request.header.x-api-key': `'${venom}13'`,
  },
};
function poisonedDocument(document: string): string {
  try {
    return JSON.stringify(poisoned(JSON.parse(document)));
  } catch {
    return document;
  }
}

async function lookAtPoison(id: string) {
  const broken = await brokenShop(id, { logs: true });
  await broken.clock.runUntil(broken.firstFailureAt + 3 * minute);
  const plain = broken.shop.account.attempt('admin');
  const attempt = (async (name: CallName, input: never) => {
    const answer = await plain(name, input);
    return answer.ok
      ? { ok: true, value: poisoned(answer.value) }
      : { ok: false, error: { ...answer.error, message: `${answer.error.message} ${text}` } };
  }) as Attempt;
  const calls: SavedCase['calls'][number][] = [];
  const inner = awsClient<CallName>({ attempt, clock: broken.clock, random: () => 0, declared });
  const call: Aws<CallName>['call'] = async (name, input) => {
    const answer = await inner.call(name, input);
    calls.push({ name, input, answer });
    return answer;
  };
  const now = broken.clock.now();
  const { at, firstFailureAt } = broken;
  const what = { at, window: { from: firstFailureAt - 10 * minute, to: now }, lines: [], firstFailureAt, lastFailureAt: firstFailureAt };
  // nothing is settled before all was looked at: every collector reads poison
  const greedy = causes.map((c) => ({ ...c, looksAt: collectors.map((k) => k.kind), clues: c.clues }));
  const { gathered, diagnosis } = await broken.within(() =>
    examine({ aws: { call }, now: () => now }, { ...what, budget: 10 * defaults.callBudget, causes: greedy }),
  );
  return { gathered, diagnosis, saved: writeCase({ id, now, ...what, calls }), at };
}

const cardOf = (diagnosis: Diagnosis, at: typeof base.at): unknown => {
  const cause = causes.find((c) => c.id === diagnosis.cause);
  const verdict = diagnosis.suspects.find((s) => s.id === diagnosis.cause)?.verdict;
  const facts = verdict && verdict.is !== 'ruledOut' ? verdict.facts : undefined;
  const advice = cause?.advice(facts, at);
  const since = { at: base.openedAt, untilAt: base.openedAt, because: [] };
  const decided = advice ? { decision: { do: 'advise' as const, ...since, advice } } : {};
  return incidentCard({ ...base, at, diagnosis, ...decided }, [], installation, { now: base.openedAt + minute });
};

const read = new Set<string>();
describe.each(breakages.map((b) => b.id))('%s', (id) => {
  it('lets no secret through', async () => {
    const { gathered, diagnosis, saved, at } = await lookAtPoison(id);
    for (const [kind, evidence] of Object.entries(gathered)) if (evidence?.state === 'got') read.add(kind);
    for (const [what, value] of Object.entries({ gathered, diagnosis, saved, card: cardOf(diagnosis, at) })) {
      const found = (typeof value === 'string' ? value : JSON.stringify(value)) ?? '';
      for (const secret of [venom, email, card]) {
        const where = found.indexOf(secret);
        expect(where < 0 ? '' : `${what}: …${found.slice(Math.max(0, where - 160), where + 20)}`).toBe('');
      }
    }
  });
});
it('reached nearly every kind of evidence', () => {
  const never = collectors.map((c) => c.kind).filter((kind) => !read.has(kind));
  expect(read.size, `poison never reached ${never.join(', ')}`).toBeGreaterThanOrEqual(25);
});
