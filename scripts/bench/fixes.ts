// Every fix, on something that it mends: approved where it must be, made, and proven by traffic; the calls, dollars and seconds of the whole
// story. Simulated: the same on every machine.
import { breakage, victimOf } from '../../lib/demo/breakages/find.ts';
import { everyFix, everythingOf } from '../../lib/demo/everything.ts';
import { runScenario } from '../../lib/demo/headless.ts';
import { breakThenMend, minute, type Scenario } from '../../lib/demo/scenarios/scenario.ts';
import type { FixId } from '../../lib/model/change.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { invocationsOf, billOf } from './prices.ts';
import type { Told } from './scenarios.ts';
import { count, fixed, seconds, type Table } from './table.ts';

/** fix → what is broken for it. A fix without one has no row, and the table says so. */
const broken: Readonly<Record<FixId, string>> = {
  'deploy-edits': 'mended-not-deployed',
  'flush-authorizer-cache': 'authorizer-answer-kept',
  'pin-runtime-version': 'runtime-update-breaks',
  'put-alias-back': 'crashing-release',
  'raise-table-capacity': 'table-throttled',
  're-add-invoke-permission': 'permission-removed-by-deploy',
  're-add-security-group-rule': 'target-rule-revoked',
  'remove-canary': 'canary-broken',
  'restore-role-statement': 'service-role-loses-permission',
  'restore-stage-variable': 'stage-variable-lost-by-deploy',
  'set-authorizer-ttl': 'authorizer-throttled',
  'set-function-memory': 'data-outgrew-memory',
  'set-function-timeout': 'dependency-slower',
  'set-integration-timeout': 'integration-timeout-cut',
  'set-reserved-concurrency': 'throttled-by-reserved',
  'set-stage-throttling': 'stage-limit-reached',
  'shed-load': 'slower-than-reserved',
  'shift-canary-to-zero': 'canary-broken',
  'stop-codedeploy-deployment': 'shifted-release',
  'warm-concurrency': 'cold-start-burst',
};

export const fixStories: readonly FixId[] = fixes.map((f) => f.id).filter((id) => broken[id] !== undefined);

/** Only this fix is installed, so that the story is its own. */
function storyOf(id: FixId): Scenario {
  const found = breakage(broken[id] ?? '');
  const only = fixes.flatMap((f) => (f.id === id ? [f.consent === 'allowed' ? { id, unasked: true } : { id }] : []));
  return {
    id: found.id,
    title: found.title,
    owner: { ...everyFix, fixes: only },
    forMs: 120 * minute,
    prepare(shop) {
      everythingOf(shop);
      found.prepare?.(shop, victimOf(shop, found));
    },
    play: (shop) => breakThenMend(shop, found.id, 100 * minute),
    ends: { silent: { outcome: ['fixed'], fix: id } },
  };
}

export async function fixStory(id: FixId): Promise<Told> {
  const story = storyOf(id);
  const { summary, problems, usage } = await runScenario(story, { person: 'approve', logs: true, seed: 1 }, () => undefined);
  return { scenario: id, path: 'logs', summary, problems, usage };
}

/** Calls to what is watched; Gatemedic's own table, machines and topic are not in it. */
const own = new Set(['dynamodb', 'states', 'sns', 'sts', 'scheduler']);
const watched = (calls: Readonly<Record<string, number>>): number =>
  Object.entries(calls).reduce((sum, [service, n]) => sum + (own.has(service) ? 0 : n), 0);

export function fixTable(told: readonly Told[]): Table {
  const missing = fixes.map((f) => f.id).filter((id) => broken[id] === undefined);
  return {
    title: 'Every fix',
    says: [
      'One breakage of the sandbox for each fix, with only that fix installed and somebody who approves half a minute after being asked (two where it takes two): simulated seconds from the first failed request to the change and to its proof by traffic, calls to the watched account until the story is over, retries included, and what the story is billed at the price table below (what a fix itself costs apart).',
    ],
    head: ['fix', 'breakage', 'consent', 'outcome', 'change s', 'proven s', 'calls', 'invocations', 'dollars'],
    rows: told.map(({ scenario, summary: s, usage }) => [
      scenario,
      broken[scenario] ?? '',
      fixes.find((f) => f.id === scenario)?.consent ?? '',
      s.outcome,
      seconds(s.firstFailureToChangeMs),
      seconds(s.firstFailureToProvenMs),
      count(watched(s.awsCalls)),
      count(invocationsOf(usage)),
      `$${fixed(billOf(usage, s.awsCalls['sns'] ?? 0).total, 4)}`,
    ]),
    ...(missing.length === 0
      ? {}
      : {
          notes: [`Not in it: ${missing.join(', ')}, whose stories need more than one breakage, or bring no 5xx (test/fixes tells them).`],
        }),
  };
}
