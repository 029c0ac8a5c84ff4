// A mistake in the settings stops at synth, with the key, the value seen and what to write.
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { Gatemedic } from '../../lib/stack/gatemedic.ts';
import { readContext, standAlone } from '../../lib/stack/stand-alone.ts';
import { place, settings, stubBundles } from './synth.ts';

const make = (props: Record<string, unknown>): unknown =>
  new Gatemedic(new Stack(new App(), 'S', { env: { account: place.accountId, region: place.region } }), 'G', {
    ...settings,
    code: stubBundles(),
    ...props,
  });
const stage = settings.stages[0];
const office = { days: ['mon', 'tue'], from: '09:00', to: '17:00', timezone: 'Europe/Berlin' };

describe('the construct', () => {
  test.for<[string, Record<string, unknown>, RegExp]>([
    ['no mode', { mode: undefined }, /mode is missing/],
    ['an unknown mode', { mode: 'auto' }, /mode is "auto";.*observe/],
    ['no stages', { stages: [] }, /stages is \[\]; list at least one stage/],
    ['a stage twice', { stages: [stage, stage] }, /stages is "a1b2c3d4e5\/prod"; it stands there twice/],
    ['a stage by name only', { stages: [{ apiType: 'REST', apiName: 'orders', stage: 'prod' }] }, /apiId is missing/],
    ['a list that is none', { stages: 'orders' }, /stages is "orders"; write a list/],
    ['nobody to ask', { mode: 'ask', approvers: [] }, /approvers is \[\]; mode ask needs at least one Slack user id/],
    ['an approver by name', { approvers: ['@anna'] }, /approvers.*"@anna"; must be a Slack user id/],
    ['a channel by name', { slackChannel: '#ops' }, /slack.channel is "#ops"; must be a channel id/],
    [
      'a qualified function',
      { functions: ['arn:aws:lambda:us-east-1:111122223333:function:orders:live'] },
      /functions.0.*must be an unqualified/,
    ],
    [
      'a log group by ARN',
      { logGroups: ['arn:aws:logs:us-east-1:111122223333:log-group:/shop/access'] },
      /logGroups.0.*must be a log group name/,
    ],
    ['a host with a scheme', { probes: { hosts: ['https://api.example.com'] } }, /probes.hosts.0.*must be a host name or an address/],
    ['a method without a path', { probes: { methods: ['GET'] } }, /probes.methods.0.*must be a method and a path/],
    ['a fix that is none', { fixes: [{ id: 'reboot' }] }, /fixes is "reboot"; write one of .*re-add-invoke-permission, .*warm-concurrency/],
    ['one approver for a fix that takes two', { fixes: [{ id: 're-add-security-group-rule' }] }, /approvers.*takes two different people/],
    [
      'policies of roles without a boundary',
      { approvers: ['U012AB3CD', 'U045EF6GH'], fixes: [{ id: 'restore-role-statement' }] },
      /permissionsBoundary is missing; restore-role-statement writes policies of roles/,
    ],
    ['a boundary by name', { permissionsBoundary: 'boundary' }, /permissionsBoundary is "boundary"; must be the ARN of a policy/],
    ['a resource by name', { resources: ['orders'] }, /resources.0.*must be the ARN of a table, a role/],
    ['a resource of no one kind', { resources: ['arn:aws:dynamodb:us-east-1:111122223333:*'] }, /resources.0.*must be the ARN of a table/],
    [
      'a zone that is none',
      { unaskedHours: { ...office, timezone: 'Berlin' } },
      /unaskedHours.timezone is "Berlin"; must be an IANA time zone/,
    ],
    [
      'an offset for a zone',
      { unaskedHours: { ...office, timezone: '+02:00' } },
      /unaskedHours.timezone is "\+02:00"; must be an IANA time zone/,
    ],
    ['an hour that is none', { unaskedHours: { ...office, from: '9' } }, /unaskedHours.from is "9"; must be a time of day such as 09:00/],
    ['hours of no length', { unaskedHours: { ...office, to: '09:00' } }, /unaskedHours is .*must end at another time than it begins/],
    ['a day that is none', { unaskedHours: { ...office, days: ['Monday'] } }, /unaskedHours.days.0 is "Monday"; must be one of mon, tue/],
    ['no days', { unaskedHours: { ...office, days: [] } }, /unaskedHours.days is \[\]; must name at least one day/],
    ['no money', { usdPerHour: 0 }, /usdPerHour is "0"; write a number above 0/],
    ['no number', { questionMinutes: Number.NaN }, /questionMinutes is "NaN"; write a number above 0/],
    ['an alarm by name', { compositeAlarms: ['shop-is-down'] }, /compositeAlarms is "shop-is-down"; write the composite alarm's ARN/],
  ])('%s', ([, props, message]) => {
    expect(() => make(props)).toThrow(message);
  });
  test('watching only needs nobody', () => {
    expect(() => make({ mode: 'observe', approvers: [] })).not.toThrow();
  });
});

describe('the gatemedic key of cdk.json', () => {
  const good = JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
  test.for<[string, unknown, RegExp]>([
    ['is missing', undefined, /has no context key gatemedic; write "context": \{ "gatemedic": \{ "mode"/],
    ['has an unknown key', { ...good, maxUsdPerHour: 3 }, /maxUsdPerHour is 3; there is no such key: write one of .*usdPerHour/],
    ['has no mode', { ...good, mode: undefined }, /mode is missing; write "observe", "ask" or "act"/],
    ['has a word for a number', { ...good, usdPerHour: 'one' }, /usdPerHour is "one"; write/],
    ['is text', '{}', /is "\{\}"; write/],
  ])('%s', ([, context, message]) => {
    expect(() => readContext(context)).toThrow(message);
  });
  test('takes every setting that the construct takes', () => {
    const all = {
      ...good,
      resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/orders'],
      changeCalendars: ['freeze'],
      unaskedHours: office,
      changesPerHour: 3,
      sharedByRoutes: 20,
    };
    expect(readContext(all)).toMatchObject(all);
    const app = new App({ context: { gatemedic: { ...all, account: place.accountId, region: place.region } } });
    expect(standAlone(app, { code: stubBundles() }).gatemedic.installation).toMatchObject({ unaskedHours: office, changesPerHour: 3 });
    expect(() => readContext({ ...good, unaskedHours: { ...office, timezone: 'Berlin' } })).toThrow(
      /unaskedHours.timezone is "Berlin"; must be an IANA time zone/,
    );
  });
  test('installs', () => {
    const app = new App({ context: { gatemedic: { ...good, account: place.accountId, region: place.region, undoWindowHours: 2 } } });
    const { stack, gatemedic } = standAlone(app, { code: stubBundles() });
    expect([stack.account, stack.region, gatemedic.installation.undoWindowMs]).toEqual([place.accountId, place.region, 7_200_000]);
  });
});
