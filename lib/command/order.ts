// `gatemedic approve | dismiss | undo | keep | settle`: a person's decision without Slack. Shows exactly what is decided, asks, signs it with the
// person's own credentials and hands it to the installation, which checks, decides and writes. Nothing is written from here.
import * as v from 'valibot';
import type { Act } from '../model/act.ts';
import { bound, type Order } from '../model/order.ts';
import { CommandError } from './command-error.ts';
import { exits, type Command, type Edges } from './command.ts';
import { reach, reading, readWhere, whereHelp, type Reached } from './installation.ts';
import { follow, type Became } from './follow.ts';
import { noAccess } from './no-access.ts';
import { targetOf, type Target } from './order-target.ts';
import { hanging, tame } from './paper.ts';
import { statementFor } from './people-policy.ts';
import { peopleLines, proposedLines, when } from './standing-page.ts';

interface Words {
  readonly takes: string;
  readonly does: string;
  readonly asks: string;
  readonly shows: string;
}
const words: Readonly<Record<Act, Words>> = {
  approve: {
    takes: '<incident>',
    does: 'Approves exactly the changes that are shown: the installation makes them, proves them, and takes them back where they do not help.',
    asks: 'Make this change?',
    shows: 'proposed',
  },
  dismiss: {
    takes: '<incident>',
    does: 'Dismisses the question: nothing is changed, and this fix is not asked about again in this incident.',
    asks: 'Dismiss this?',
    shows: 'proposed',
  },
  undo: {
    takes: '<incident | change>',
    does: 'Takes a change back, within its time for Undo. A value that somebody else set since is told, never written over.',
    asks: 'Take this change back?',
    shows: 'takes back',
  },
  keep: {
    takes: '<incident | change>',
    does: 'Keeps a leased, proven change for good: nothing takes it down any more, and Undo is no longer offered.',
    asks: 'Keep this for good?',
    shows: 'keeps',
  },
  settle: {
    takes: '<incident | change>',
    does: 'Says that a stuck change was set by hand: nobody is called for it any more. Changes nothing in the account; set it by hand first.',
    asks: 'Was it set by hand?',
    shows: 'stuck',
  },
};

const helpOf = (act: Act): string => `
gatemedic ${act} ${words[act].takes} [--yes]

${words[act].does}
Who you are is proven by your AWS credentials (AWS_PROFILE …); the owner's setting approverArns says who may.

  --yes            without asking; what is decided is bound to what is shown all the same
${followed(act) ? '  --no-wait        without waiting (a minute at most) for what becomes of it\n' : ''}${whereHelp}

Exits 0 when it was done${followed(act) ? ', or is under way' : ''}; 1 when you said no${followed(act) ? ', or when it came to another end, with the reason' : ''}; 2 when it was refused, with the reason.
`;

const order = (act: Act): Command => ({
  help: helpOf(act).trimStart(),
  async run(args, edges) {
    const options = readWhere(args, act, { yes: 'boolean', ...(followed(act) ? { 'no-wait': 'boolean' } : {}) });
    const [id, more] = options.rest;
    if (id === undefined || more !== undefined)
      throw new CommandError(
        `gatemedic ${act} takes ${words[act].takes}${more === undefined ? '; gatemedic incidents shows them' : `, one at a time; ${JSON.stringify(more)} is a second one`}`,
      );
    const reached = await reach(options, edges);
    const target = await reading(reached, () => targetOf(act, id, reached, edges.now()));
    const json = options.flags.has('json');
    await show(act, target, reached, { edges, json });
    if (!options.flags.has('yes') && !(await agreed(act, edges))) {
      edges.terminal.say('nothing was changed');
      return exits.unknown;
    }
    const answer = await given(act, target, reached, edges.now());
    const what = { act, target, json };
    if (!followed(act) || answer.did === 'nothing') return tell(answer, what, edges);
    if (!json) await edges.terminal.print(`${answer.says}\n`);
    const became = options.flags.has('no-wait') ? undefined : await becoming(act, target, reached, edges);
    return tellBecame(answer, became, what, edges);
  },
});

/** On standard error beside `--json`: a person is asked there, a machine reads the other. */
async function show(
  act: Act,
  { standing, about }: Target,
  { me }: Reached,
  { edges, json }: { edges: Edges; json: boolean },
): Promise<void> {
  const { terminal, now } = edges;
  const until = 'expiresAt' in about ? `; open until ${when(about.expiresAt, now())}` : '';
  const text = [
    ...hanging(terminal, '', standing.says, 'bold'),
    ...hanging(terminal, '  ', `${standing.id} · ${standing.cause}, ${standing.certainty}`, 'dim'),
    ...hanging(terminal, `  ${words[act].shows}: `, `${about.title}${until}`),
    ...('needs' in about && about.needs > 1 ? peopleLines(about, terminal) : []),
    ...proposedLines(about, terminal),
    ...hanging(terminal, '  as ', me.arn),
  ].join('\n');
  if (json) terminal.say(text);
  else await terminal.print(`${text}\n`);
}

async function agreed(act: Act, { terminal }: Edges): Promise<boolean> {
  const typed = await terminal.ask(`${words[act].asks} [yes/no] `);
  if (typed === undefined)
    throw new CommandError('nobody can be asked here: this is no terminal; add --yes where you mean it. Nothing was changed');
  return /^y(es)?$/i.test(typed.trim());
}

const answered = v.object({ did: v.string(), says: v.string() });
type Answered = v.InferOutput<typeof answered>;

/** Signs the order and hands it over. `at` in whole seconds: a signature knows no less. */
async function given(act: Act, { incidentId, about }: Target, { account, place, me }: Reached, now: number): Promise<Answered> {
  const what: Order = { act, incidentId, about: about.id, hash: about.hash, at: Math.floor(now / 1000) * 1000 };
  const proof = await account.presign(bound(what, place), what.at);
  if (!proof.ok) throw noAccess(proof.error, account);
  const answer = await account.hand({ origin: 'command', ...what, proof: proof.value });
  if (!answer.ok) {
    if (answer.error.kind === 'refused')
      throw new CommandError(
        `the installation could not take it: ${tame(answer.error.message, 300)}; look into the log of its answer function. Whether it was done, gatemedic incidents shows`,
      );
    throw noAccess(answer.error, account, JSON.stringify(statementFor('lambda:InvokeFunction', { ...place, accountId: me.accountId })));
  }
  const read = v.safeParse(answered, answer.value);
  if (!read.success)
    throw new CommandError('the installation answered something else than an answer; it is of another version than this command line');
  return read.output;
}

/** What is carried out afterwards, by the installation. */
const followed = (act: Act): act is 'approve' | 'undo' => act === 'approve' || act === 'undo';

async function becoming(act: 'approve' | 'undo', { incidentId, about }: Target, reached: Reached, { terminal }: Edges): Promise<Became> {
  terminal.progress('waiting for the installation to do it');
  try {
    const what = { act, incidentId, about: about.id, hash: about.hash };
    return await reading(reached, () => follow(reached.store, what, (ms) => reached.account.pause(ms)));
  } finally {
    terminal.progress(undefined);
  }
}

async function tellBecame({ did, says }: Answered, became: Became | undefined, about: Told, { terminal }: Edges): Promise<number> {
  const { act, target, json } = about;
  const told = { act, incidentId: target.incidentId, about: target.about.id, did, says };
  if (json) await terminal.print(`${JSON.stringify({ ...told, became: became ?? null })}\n`);
  else if (became && became.says !== '') await terminal.print(`${became.says}\n`);
  return became?.failed ? exits.unknown : exits.found;
}

interface Told {
  readonly act: Act;
  readonly target: Target;
  readonly json: boolean;
}

async function tell({ did, says }: Answered, about: Told, { terminal }: Edges): Promise<number> {
  const refused = did === 'nothing';
  const { act, target, json } = about;
  if (json) await terminal.print(`${JSON.stringify({ act, incidentId: target.incidentId, about: target.about.id, did, says })}\n`);
  else if (refused) throw new CommandError(says);
  else await terminal.print(`${says}\n`);
  return refused ? exits.wrong : exits.found;
}

export const [approve, dismiss, undo, keep, settle] = [
  order('approve'),
  order('dismiss'),
  order('undo'),
  order('keep'),
  order('settle'),
] as const;
