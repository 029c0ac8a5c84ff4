// Incidents and changes as they stand at telling moments, for the tests of messages and telling. Log texts are API Gateway's own
// wording (docs.aws.amazon.com, REST execution logs).
import { hashOf } from '../../lib/journal/hash.ts';
import type { Diagnosis } from '../../lib/model/cause.ts';
import type { ChangeRecord, JournalEntry, Plan, Step } from '../../lib/model/change.ts';
import type { EvidenceKind } from '../../lib/model/evidence.ts';
import type { Incident, Question } from '../../lib/model/incident.ts';
import { defaults, type Installation } from '../../lib/model/installation.ts';

export const t0 = Date.parse('2026-05-04T03:11:02.000Z');
export const second = 1000;
export const minute = 60_000;
export const hour = 60 * minute;

export const installation: Installation = {
  accountId: '111122223333',
  region: 'us-east-1',
  mode: 'act',
  stages: [{ apiType: 'REST', apiId: 'a1b2c3d4e5', apiName: 'orders', stage: 'prod' }],
  functions: [],
  approvers: ['U0ADA0001', 'U0BOB0002'],
  slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
  ...defaults,
  fixes: [...defaults.fixes],
  deployPrincipals: [],
};

const kind = (k: string): EvidenceKind => k as EvidenceKind;

export const diagnosis: Diagnosis = {
  cause: 'lambda-permission-missing',
  certainty: 'confirmed',
  at: t0 + 25 * second,
  suspects: [
    {
      id: 'lambda-permission-missing',
      clues: [
        {
          quote: 'Execution failed due to configuration error: Invalid permissions on Lambda function',
          in: kind('executionLog'),
          source: 'messages.md',
        },
      ],
      verdict: {
        is: 'confirmed',
        facts: { functions: [{ ref: { accountId: '111122223333', region: 'us-east-1', name: 'orders', qualifier: 'live' }, routes: [] }] },
        by: [
          {
            kind: kind('functionPolicy'),
            trust: 'aws',
            says: 'the policy of "orders:live" has no statement that lets "apigateway.amazonaws.com" invoke it for "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders"',
          },
          { kind: kind('gatewayMetrics'), trust: 'aws', says: '312 of 312 requests failed while "orders" was not invoked once' },
        ],
      },
    },
  ],
  missing: [],
};

const changes = [
  {
    setting: 'invoke-permission',
    target: { accountId: '111122223333', region: 'us-east-1', functionName: 'orders', qualifier: 'live', statementId: 'gatemedic-1' },
    from: 'absent',
    to: {
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/orders',
    },
  },
];
export const plan: Plan = {
  fix: 're-add-invoke-permission',
  cause: 'lambda-permission-missing',
  changes,
  hash: hashOf('re-add-invoke-permission', changes),
  preview: ['invoke permission of orders:live for GET /orders: absent → apigateway.amazonaws.com may lambda:InvokeFunction'],
  snippets: [
    {
      title: 'keep the permission in the stack that owns the function',
      language: 'yaml',
      code: 'OrdersInvoke:\n  Type: AWS::Lambda::Permission\n  Properties:\n    FunctionName: !Ref OrdersLive\n    Action: lambda:InvokeFunction\n    Principal: apigateway.amazonaws.com',
    },
  ],
};

export const warm: Plan = {
  ...plan,
  fix: 'warm-concurrency',
  cause: 'lambda-cold-start',
  hash: hashOf('warm-concurrency', changes),
  preview: ['provisioned concurrency of orders:live: absent → 8 environments'],
  usdPerHour: 0.12,
  leaseMs: 2 * hour,
};

export const base: Incident = {
  id: 'inc-mb1x2y-4f7a',
  at: { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod', apiName: 'orders' },
  watched: true,
  phase: 'live',
  openedAt: t0 + 4 * second,
  firstFailureAt: t0,
  lastFailureAt: t0 + 90 * second,
  failures: 312,
  signals: 4,
  from: 'log',
  lines: [],
  rounds: 1,
  diagnosis,
  firstDiagnosedAt: t0 + 25 * second,
  changes: [],
  notes: [],
};

export const question: Question = { id: 'q81c', plan, askedAt: t0 + 100 * second, expiresAt: t0 + 100 * second + hour, state: 'pending' };

export const asking: Incident = {
  ...base,
  question,
  standing: 'asked',
  decision: { do: 'ask', at: t0 + 100 * second, plan, because: ['nothing proves yet that a deploy removed the permission'] },
};

const path: Readonly<Record<string, readonly Step[]>> = {
  planned: ['planned'],
  applying: ['planned', 'applying'],
  applied: ['planned', 'applying', 'applied'],
  verified: ['planned', 'applying', 'applied', 'verified'],
  kept: ['planned', 'applying', 'applied', 'verified', 'kept'],
  undone: ['planned', 'applying', 'applied', 'verified', 'undoing', 'undone'],
  undoing: ['planned', 'applying', 'applied', 'verified', 'undoing'],
  stuck: ['planned', 'applying', 'undoing', 'stuck'],
  failed: ['planned', 'applying', 'applied', 'failed'],
  dropped: ['planned', 'dropped'],
  settled: ['planned', 'applying', 'undoing', 'stuck', 'settled'],
};

/** A change that went the usual way to `step`, 20 s a step. */
export function changeAt(step: Step, more: Partial<ChangeRecord> = {}): ChangeRecord {
  const entries: JournalEntry[] = (path[step] ?? []).map((s, n) => ({
    n: n + 1,
    step: s,
    at: t0 + 100 * second + n * 20 * second,
    by: { kind: 'gatemedic' },
    ...(s === 'stuck' ? { why: 'the statement is neither "absent" nor ours' } : {}),
  }));
  const applied = entries.find((e) => e.step === 'applied')?.at;
  return {
    id: 'chg-1',
    incidentId: base.id,
    at: base.at,
    plan,
    step,
    entries,
    ...(applied === undefined ? {} : { appliedAt: applied }),
    ...more,
  };
}

export const fixed: Incident = {
  ...base,
  phase: 'closed',
  closedAt: t0 + 5 * minute,
  outcome: 'fixed',
  changes: ['chg-1'],
  decision: { do: 'close', outcome: 'fixed', at: t0 + 5 * minute, because: ['proven'] },
};

export const advised: Incident = {
  ...base,
  diagnosis: {
    ...diagnosis,
    cause: 'unknown',
    certainty: 'unknown',
    suspects: [{ id: 'lambda-timeout', clues: [], verdict: { is: 'ruledOut', by: [] } }],
    missing: [
      { kind: kind('executionLog'), why: 'notEnabled', detail: 'logging is off' },
      { kind: kind('functionLog'), why: 'denied', detail: 'AccessDenied' },
    ],
    nextProbe: 'turn on execution logging at level "ERROR" for this stage',
  },
  decision: {
    do: 'advise',
    at: t0 + minute,
    untilAt: t0 + 6 * minute,
    because: ['the cause is not known'],
    advice: { summary: 'The cause is not known.', steps: ['look at the log of "orders"', 'turn on execution logging'], snippets: [] },
  },
};
