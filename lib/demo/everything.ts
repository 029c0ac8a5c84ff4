// The owner who has every fix installed and opens what they may change: the page's, and the bench's.
import { fixes } from '../fixes/index.ts';
import { place, type Owner } from './run.ts';
import { roleOf } from './service-stage.ts';
import type { Shop } from './shop.ts';

const arn = (service: string, rest: string, region = place.region): string => `arn:aws:${service}:${region}:${place.accountId}:${rest}`;
const boundary = { arn: arn('iam', 'policy/boundary', ''), statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } as const;
export const calendar = 'freeze';

/** Of two that treat the same, the first is asked about: what can be had back in any case comes before what may not be. */
const harsher = (id: string): number => Number(id === 'remove-canary');

export const everyFix = {
  fixes: fixes.map(({ id }) => ({ id })).toSorted((a, b) => harsher(a.id) - harsher(b.id)),
  resources: [arn('dynamodb', 'table/*'), arn('ec2', 'security-group/*'), arn('codedeploy', 'deploymentgroup:*'), arn('iam', 'role/*', '')],
  permissionsBoundary: boundary.arn,
  changeCalendars: [calendar],
} satisfies Owner;

/** What that owner's account has of its own: the calendar, and the boundary on the roles of its stages. */
export function everythingOf({ account, stages }: Shop): void {
  account.putCalendar(calendar, 'OPEN');
  for (const stage of stages) account.services.putRole(roleOf(stage), { boundary });
}
