// A person's word: what they decided, and who they are, whichever way it came. A click is Slack's own by the time it is here (lib/slack/seal.ts);
// an order by the command line carries a request that STS is asked about. Everything after this is the same for both.
import type { CallName } from '../../aws/calls.ts';
import { clock, person, short } from '../../messages/text.ts';
import type { Actor } from '../../model/change.ts';
import { bound, orderHeader, type Order } from '../../model/order.ts';
import { isArn, mayDecide, nameOfArn, shortArn } from '../../model/person.ts';
import type { Caller, World } from '../../world.ts';
import type { Click, CommandClick, SlackClick } from '../stage.ts';
import { tried } from '../telling/outbox.ts';
import { fresh, oddProof } from './proof.ts';

export type Person = Extract<Actor, { kind: 'person' }>;
export interface Word extends Order {
  readonly by: Person;
}

/** Who it was, in a line of the incident's history. */
export const whoSays = ({ id, name }: Person): string => `"${name ?? id}"${isArn(id) ? ` ("${shortArn(id)}", by the command line)` : ''}`;

/** Whose word it is; or the sentence for somebody who has none here. */
export const wordOf = (world: World<CallName>, c: Click): Promise<Word | string> =>
  c.origin === 'slack' ? Promise.resolve(ofSlack(world, c)) : ofCommand(world, c);

const orderOf = ({ act, incidentId, about, hash, at }: Click): Order => ({ act, incidentId, about, hash, at });

function ofSlack({ installation }: World<CallName>, c: SlackClick): Word | string {
  const { approvers, slack } = installation;
  if (c.teamId !== slack.teamId) return 'Only people of this workspace can decide here; nothing was changed.';
  if (!approvers.includes(c.userId))
    return `You are not on the list of approvers, so nothing was changed. Approvers: ${approvers.map(person).join(' ') || 'nobody yet'}.`;
  return { ...orderOf(c), by: { kind: 'person', id: c.userId, name: c.userName } };
}

async function ofCommand(world: World<CallName>, c: CommandClick): Promise<Word | string> {
  const { installation } = world;
  const now = world.now();
  if (!fresh(c.at, now))
    return `This order was given at ${clock(c.at, now)} and is too old, or ahead of the clock of the installation; check this machine's clock and give it anew. Nothing was changed.`;
  const odd = oddProof(c.proof, installation.region, now);
  if (odd !== undefined) return `${capital(odd)}. Nothing was changed.`;
  const value = bound(orderOf(c), installation);
  const asked = await tried(() => world.identity.callerOf(c.proof, { name: orderHeader, value }));
  if (!asked.ok) return `STS could not be asked who you are (${asked.error.kind}); give the order again. Nothing was changed.`;
  const caller = asked.value;
  if ('refused' in caller)
    return `STS does not say that you signed this very order (${caller.refused}); give it anew with credentials that are still good. Nothing was changed.`;
  return allowed(caller, installation) ?? { ...orderOf(c), by: { kind: 'person', id: caller.arn, name: nameOfArn(caller.arn) } };
}

/** Why this principal may not decide; undefined when it may. */
function allowed({ accountId, arn }: Caller, { accountId: home, approverArns = [] }: World<CallName>['installation']): string | undefined {
  if (accountId !== home)
    return `You are ${short(arn)} of account ${accountId}; this installation is of account ${home} and takes orders of its own account only. Nothing was changed.`;
  if (approverArns.length === 0)
    return `Nobody may decide by the command line yet: set approverArns to ARNs of IAM principals, such as ${short(arn)}, and deploy. Nothing was changed.`;
  if (mayDecide(arn, approverArns)) return undefined;
  return `You are ${short(arn)}, which approverArns does not list (${approverArns.slice(0, 5).map(short).join(' ')}); add it there and deploy, or let one of those decide. Nothing was changed.`;
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
