// Whether the owner's settings make sense, beyond their forms: checked at synth, where a mistake costs a minute instead of a night.
import { Token } from 'aws-cdk-lib';
import { fixes as catalogue } from '../fixes/index.ts';
import { settings } from '../settings/index.ts';
import type { Installation } from '../model/installation.ts';
import type { GatemedicProps } from './props.ts';

/** Whether the settings make sense together. */
export function checkSense(i: Installation, props: GatemedicProps): void {
  if (i.stages.length === 0) wrong('stages', i.stages, 'list at least one stage: { apiType, apiId, apiName, stage }');
  checkPeople(i);
  const known = catalogue.map((f) => f.id);
  for (const f of i.fixes) {
    const fix = catalogue.find((one) => one.id === f.id) ?? wrong('fixes', f.id, `write one of ${known.join(', ')}`);
    const always = fix.consent === 'asked' || fix.consent === 'two-person';
    if (f.unasked === true && (always || f.twoPerson === true)) wrong('fixes', f, `${f.id} is always asked: leave unasked out`);
    if (f.twoPerson === false && fix.consent === 'two-person') wrong('fixes', f, `${f.id} always takes two people: leave twoPerson out`);
    // without it the hand's role would allow nothing, and nobody would hear of it before the first incident
    if (i.permissionsBoundary === undefined && settings.some((one) => one.hand === 'role-policies' && fix.settings.includes(one.id)))
      wrong('permissionsBoundary', i.permissionsBoundary, `${f.id} writes policies of roles: name the boundary that these roles carry`);
    if ((f.twoPerson ?? fix.consent === 'two-person') && i.approvers.length < 2)
      wrong('approvers', i.approvers, `${f.id} takes two different people: list two or more`);
  }
  twice(
    'stages',
    i.stages.map((s) => `${s.apiId}/${s.stage}`),
  );
  twice(
    'fixes',
    i.fixes.map((f) => f.id),
  );
  for (const arn of props.compositeAlarms ?? [])
    if (!Token.isUnresolved(arn) && !/^arn:aws[\w-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/.test(arn))
      wrong('compositeAlarms', arn, "write the composite alarm's ARN, arn:aws:cloudwatch:region:account:alarm:name");
}

/** Somebody must be able to say yes, and to take back. */
function checkPeople(i: Installation): void {
  const arns = i.approverArns ?? [];
  if (i.receiver === 'none' && i.approvers.length > 0)
    wrong('approvers', i.approvers, 'with receiver none there is no button to press: write [], and list IAM principals in approverArns');
  if (i.mode !== 'observe' && i.receiver === 'none' && arns.length === 0)
    wrong('approverArns', arns, `mode ${i.mode} with receiver none needs at least one IAM principal that may approve and undo`);
  if (i.mode !== 'observe' && i.approvers.length + arns.length === 0)
    wrong(
      'approvers',
      i.approvers,
      `mode ${i.mode} needs at least one Slack user id that may approve and undo, such as U012AB3CD, or an IAM principal in approverArns`,
    );
  const foreign = arns.find((arn) => !Token.isUnresolved(i.accountId) && arn.split(':')[4] !== i.accountId);
  if (foreign !== undefined)
    wrong('approverArns', foreign, `write a principal of this account, ${i.accountId}: orders of others are refused`);
}

/** Numbers that would switch something off by accident. */
export function checkNumbers(props: GatemedicProps): void {
  for (const key of [
    'failuresPerMinute',
    'usdPerHour',
    'usdPerDay',
    'outageStages',
    'outageWithinMinutes',
    'callBudget',
    'questionMinutes',
    'undoWindowHours',
    'changesPerHour',
    'sharedByRoutes',
  ] as const) {
    const value = props[key];
    if (value !== undefined && !(value > 0)) wrong(key, String(value), 'write a number above 0');
  }
}

function twice(key: string, ids: readonly string[]): void {
  const found = ids.find((id, n) => ids.indexOf(id) !== n);
  if (found !== undefined) wrong(key, found, 'it stands there twice; write it once');
}

/** The one form of a mistake: key, value seen, what to write. */
export function wrong(key: string, value: unknown, write: string): never {
  throw new Error(`gatemedic settings: ${key} is ${JSON.stringify(value) ?? 'missing'}; ${write}`);
}
