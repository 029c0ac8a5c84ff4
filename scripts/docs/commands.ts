// docs/commands.md: deciding without Slack, told by the commands themselves: their own help, the very policy that an error of theirs names.
import type { Command } from '../../lib/command/command.ts';
import { incidents } from '../../lib/command/incidents.ts';
import { approve, dismiss, keep, settle, undo } from '../../lib/command/order.ts';
import { statements } from '../../lib/command/people-policy.ts';
import { replay } from '../../lib/command/replay.ts';
import { orderHeader, orderMs } from '../../lib/model/order.ts';
import { firstLine } from './words.ts';

const fence = (language: string, text: string): readonly string[] => [`\`\`\`${language}`, text.trimEnd(), '```'];
const told = (commands: readonly Command[]): readonly string[] => fence('', commands.map((c) => c.help.trimEnd()).join('\n\n'));

const policy = { Version: '2012-10-17', Statement: statements({ accountId: '111122223333', region: 'us-east-1' }) };

/** The text of docs/commands.md. */
export const commandsDoc = (): string =>
  `${[
    firstLine,
    '# Deciding without Slack',
    '',
    'The command line reads the installation’s table and hands orders to the installation; it never writes to the account, nor to the table. What was decided, by whom and when stands in the table, in the thread and on the topic, whichever way it came.',
    '',
    '## Who may',
    '',
    'The owner’s setting `approverArns`: ARN patterns of IAM principals of the same account, as STS names them. Empty: nobody by the command line.',
    '',
    ...fence(
      'json',
      '"approverArns": [\n  "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_oncall_*/*",\n  "arn:aws:iam::111122223333:user/ada"\n]',
    ),
    '',
    '- A role’s *sessions* are listed (`assumed-role/oncall/*`), not the role.',
    '- Where two people must approve, two sessions of one role are one person: whoever assumes a role names its session as they like. Only sessions that IAM Identity Center made (`AWSReservedSSO_…`) are told apart by name. Somebody with a Slack id and an ARN counts as two.',
    '',
    'They need this in IAM, and no permission that writes:',
    '',
    ...fence('json', JSON.stringify(policy, null, 2)),
    '',
    '## How they prove who they are',
    '',
    `As the tokens of EKS and of Vault’s AWS login do: the command signs a request to STS GetCallerIdentity with the person’s own credentials, and does not send it. A signed header (\`${orderHeader}\`) binds the installation, the act, the incident, the question or change and the hash of what was shown, for ${orderMs / 60_000} minutes. The installation takes the request only if it leads to STS of its own Region and signs exactly that, sends it, and hears from STS whose signature it is. So whoever may invoke the function can order nothing in another’s name, and a request that was seen on its way is worth that one order, once. Slack’s clicks cannot be written by hand either: the receiver seals what it verified.`,
    '',
    '## What is open',
    '',
    ...told([incidents]),
    '',
    '## Orders',
    '',
    ...told([approve, dismiss, undo, keep, settle]),
    '',
    '## A month of judgement',
    '',
    'In the modes `observe` and `ask` each incident keeps what mode `act` would have done: unasked, asked, waited or advised, weighed by the same plan, guards and objections, with all that spoke against more. Messages show it; this lists it.',
    '',
    ...told([replay]),
  ].join('\n')}\n`;
