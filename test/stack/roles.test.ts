// Least privilege, held on the template: a role allows what its duty declares, all of it, and nothing else.
import { describe, expect, test, vi } from 'vitest';
import { edgeGrants, type OwnArns } from '../../lib/aws/own.ts';
import { table } from '../../lib/aws/table.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import { duties } from '../../lib/duties.ts';
import type { Fix } from '../../lib/model/change.ts';
import type * as Declared from '../../lib/declared.ts';
import type { Statement } from '../../lib/workflow/template.ts';
import { place, synthesise } from './synth.ts';

const stranger = vi.hoisted(() => ({ calls: ['lambda:DeleteProvisionedConcurrencyConfig'] as CallName[], present: false }));
vi.mock('../../lib/fixes/index.ts', async (original) => {
  const { fixes } = await original<{ fixes: readonly Fix[] }>();
  return {
    get fixes() {
      return stranger.present ? [...fixes, { ...fixes[0], id: 'a-fix-not-listed', settings: ['a-setting-of-its-own'] }] : fixes;
    },
  };
});
vi.mock('../../lib/declared.ts', async (original) => {
  const real = await original<typeof Declared>();
  const setting = { id: 'a-setting-of-its-own', reads: [], writes: stranger.calls };
  return {
    ...real,
    get declaredFixes() {
      return stranger.present ? [...real.declaredFixes, { id: 'a-fix-not-listed', settings: [setting.id] }] : real.declaredFixes;
    },
    get declaredSettings() {
      return stranger.present ? [...real.declaredSettings, setting] : real.declaredSettings;
    },
  };
});

const { resolved, gatemedic } = synthesise();
const { installation } = gatemedic;

/** One statement as the triples it allows: what two documents are compared by. */
const triples = (s: readonly Statement[]): readonly string[] =>
  [
    ...new Set(
      s.flatMap(({ Effect, Action, Resource, Condition }) =>
        Action.flatMap((a) => Resource.map((r) => `${Effect} ${a} ${r} ${JSON.stringify(Condition ?? {})}`)),
      ),
    ),
  ].sort();

const at = (service: string, rest: string): string => `arn:aws:${service}:${place.region}:${place.accountId}:${rest}`;
const only = (type: string, id: string): string =>
  Object.values(resolved.resources).find((r) => r.type === type && r.logicalId.includes(id))?.arn ?? `no ${type} ${id}`;
/** Written here once more, by hand, from the names of the template: not taken from the code under test. */
const own: OwnArns = {
  table: only('AWS::DynamoDB::Table', 'Table'),
  topic: only('AWS::SNS::Topic', 'Topic'),
  incidentMachine: at('states', 'stateMachine:gatemedic-incident'),
  incidentExecutions: at('states', 'execution:gatemedic-incident:*'),
  undoMachine: at('states', 'stateMachine:gatemedic-undo'),
  schedules: at('scheduler', 'schedule/gatemedic/*'),
  schedulerRole: only('AWS::IAM::Role', 'LeasesRole'),
  slackToken: only('AWS::SecretsManager::Secret', 'SlackToken'),
  slackSigning: only('AWS::SecretsManager::Secret', 'SlackSigning'),
  deadLetterQueue: only('AWS::SQS::Queue', 'PutAside'),
  hands: [],
  answerFunction: at('lambda', 'function:gatemedic-answer:live'),
};
const scope = {
  ...place,
  stages: installation.stages,
  functions: installation.functions,
  killSwitchParameter: installation.killSwitchParameter,
};
const asynchronous = ['intake', 'answer', 'sweep', 'subscribe', 'digest', 'farewell'];

const declared = (id: string): readonly Statement[] => {
  const duty = duties.find((d) => d.id === id);
  if (!duty) throw new Error(id);
  const allow = (actions: readonly string[], resources: readonly string[], conditions?: Statement['Condition']): Statement => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions ? { Condition: conditions } : {}),
  });
  const undelivered = only('AWS::SQS::Queue', 'Undelivered');
  return [
    ...duty.calls(installation).flatMap((name) => table[name].grants(scope).map((g) => allow(table[name].iam, g.resources, g.conditions))),
    ...duty.edges.flatMap((edge) => edgeGrants(edge, own).map((g) => allow(g.actions, g.resources, g.conditions))),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [at('logs', `log-group:/aws/lambda/gatemedic-${id}:*`)]),
    ...(asynchronous.includes(id) ? [allow(['sqs:SendMessage'], [undelivered])] : []),
  ];
};

const roleOf = (name: string, from = resolved): readonly Statement[] =>
  from.functions.find((f) => f.name === `gatemedic-${name}`)?.statements ?? [];

test.for(duties.map((d) => d.id))('the role of %s is the union of its calls and edges', (id) => {
  expect(triples(roleOf(id))).toEqual(triples(declared(id)));
});

test('each function has a role of its own', () => {
  expect(new Set(resolved.functions.map((f) => f.roleArn)).size).toBe(duties.length);
});

describe('who may what', () => {
  const actions = (name: string): string[] => roleOf(name).flatMap((s) => s.Action);
  const writes = /^lambda:(Add|Remove|Put|Delete|Update|Create|Publish)/;
  test('only carry-out writes to functions; farewell takes back what is lent, and adds nothing else', () => {
    expect(duties.filter((d) => actions(d.id).some((a) => writes.test(a))).map((d) => d.id)).toEqual(['carry-out', 'farewell']);
    expect([...new Set(actions('farewell').filter((a) => writes.test(a)))].toSorted()).toEqual([
      'lambda:DeleteProvisionedConcurrencyConfig',
      'lambda:PutProvisionedConcurrencyConfig',
    ]);
    const unlent = synthesise({ fixes: [{ id: 're-add-invoke-permission' }] }).resolved;
    expect(
      roleOf('farewell', unlent)
        .flatMap((s) => s.Action)
        .filter((a) => writes.test(a)),
    ).toEqual([]);
  });
  test('each write is narrowed to listed or tagged functions', () => {
    for (const s of roleOf('carry-out').filter((one) => one.Action.some((a) => writes.test(a)))) {
      const tagged = JSON.stringify(s.Condition ?? {}).includes('"aws:ResourceTag/gatemedic":"allowed"');
      const listed = s.Resource.every((r) => installation.functions.some((f) => r === f || r.startsWith(`${f}:`)));
      expect(tagged || listed, JSON.stringify(s)).toBe(true);
      if (s.Action.some((a) => a.endsWith('Permission')))
        expect(JSON.stringify(s.Condition)).toContain('"lambda:Principal":"apigateway.amazonaws.com"');
    }
  });
  test('the public function can neither write nor wake', () => {
    expect(actions('receive').toSorted()).toEqual([
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
    ]);
  });
  test('nothing is allowed by a bare wildcard action', () => {
    const all = Object.values(resolved.resources)
      .filter((r) => r.type === 'AWS::IAM::Role')
      .flatMap((r) => resolved.statementsOf(r.arn ?? ''));
    expect(all.length).toBeGreaterThan(40);
    expect(all.flatMap((s) => s.Action).filter((a) => a.includes('*'))).toEqual([]);
  });
});

test('stages nobody listed are read once the owner says so, and not before; what may be changed stays the same', () => {
  const any = 'arn:aws:apigateway:us-east-1::/restapis/*/stages/*/exports/oas30';
  const wide = synthesise({ readUnlisted: true }).resolved;
  const reads = (from: typeof resolved): boolean => roleOf('investigate', from).some((s) => s.Resource.includes(any));
  expect([reads(resolved), reads(wide)]).toEqual([false, true]);
  const writesOf = (from: typeof resolved) =>
    roleOf('carry-out', from).filter((s) => s.Action.some((one) => one.startsWith('lambda:') && !/:(?:Get|List)/.test(one)));
  expect(writesOf(wide)).toEqual(writesOf(resolved));
});

test('a log group with a name of its own is read once it is listed, and not before', () => {
  const group = at('logs', 'log-group:/shop/access:*');
  const reads = (from: typeof resolved): readonly string[] =>
    roleOf('investigate', from)
      .filter((s) => s.Action.includes('logs:FilterLogEvents') && s.Condition === undefined)
      .flatMap((s) => s.Resource);
  expect(reads(resolved)).not.toContain(group);
  expect(reads(synthesise({ logGroups: ['/shop/access'] }).resolved)).toContain(group);
});

describe('a fix file that is not listed', () => {
  const roles = (from: typeof resolved): Record<string, readonly string[]> =>
    Object.fromEntries(from.functions.map((f) => [f.name, triples(f.statements)]));
  test('changes no role', () => {
    stranger.present = true;
    expect(roles(synthesise().resolved)).toEqual(roles(resolved));
  });
  test('widens the role of carry-out once it is listed', () => {
    stranger.present = true;
    const listed = synthesise({ fixes: [{ id: 're-add-invoke-permission' }, { id: 'a-fix-not-listed' }] }).resolved;
    const without = synthesise({ fixes: [{ id: 're-add-invoke-permission' }] }).resolved;
    const more = triples(roleOf('carry-out', listed)).filter((t) => !triples(roleOf('carry-out', without)).includes(t));
    expect(more.length).toBeGreaterThan(0);
    expect(more.every((t) => t.includes('lambda:DeleteProvisionedConcurrencyConfig'))).toBe(true);
    expect(triples(roleOf('investigate', listed))).toEqual(triples(roleOf('investigate', without)));
  });
  test('no fix at all: no write is in any role', () => {
    const bare = synthesise({ fixes: [] }).resolved;
    expect(
      bare.functions.flatMap((f) => f.statements.flatMap((s) => s.Action)).filter((a) => /^lambda:(Add|Remove|Put|Delete)/.test(a)),
    ).toEqual([]);
  });
});
