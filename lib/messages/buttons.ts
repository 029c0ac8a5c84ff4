// What a person may press, and what the press carries: enough to tell which question or change of which incident was seen, and in
// which version. A button proves nothing; `answer` checks every word of it against the store.
import type { Act } from '../model/act.ts';
import type { ChangeRecord, Plan } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { type Block, type Button, type Confirm, limits, words } from './blocks.ts';
import { clock, cut, span, usd } from './text.ts';

/** What a button carries. */
export interface Carried {
  readonly incidentId: string;
  readonly about: string;
  readonly hash: string;
}

/** The action id of an act; `receive` listens for these and nothing else. */
export const actionId = (act: Act): string => `gatemedic.${act}`;

/** Compact JSON; ids and a sha256 are far below Slack's 2,000 characters, and what is not is a bug. */
export function buttonValue({ incidentId, about, hash }: Carried): string {
  const value = JSON.stringify({ incidentId, about, hash });
  if (value.length > limits.buttonValue)
    throw new Error(`a button's value has ${value.length} characters; slack takes ${limits.buttonValue}`);
  return value;
}

const dialog = (title: string, text: string, confirm: string, style: 'primary' | 'danger'): Confirm => ({
  title: words(cut(title, limits.confirmTitle)),
  text: words(cut(text, limits.confirmText)),
  confirm: words(confirm),
  deny: words('Cancel'),
  style,
});

const button = (act: Act, label: string, carried: Carried, style?: 'primary' | 'danger', confirm?: Confirm): Button => ({
  type: 'button',
  action_id: actionId(act),
  text: words(label),
  value: buttonValue(carried),
  ...(style ? { style } : {}),
  ...(confirm ? { confirm } : {}),
});

const previewOf = (plan: Plan): string => plan.preview.join(' · ');

/** Approve and Dismiss, while the question is open. */
export function questionButtons(incident: Incident): readonly Block[] {
  const { question } = incident;
  if (incident.phase !== 'live' || question?.state !== 'pending') return [];
  const carried = { incidentId: incident.id, about: question.id, hash: question.plan.hash };
  const sure = dialog('Make this change?', previewOf(question.plan), 'Approve', 'primary');
  return [
    {
      type: 'actions',
      block_id: `question.${question.id}`,
      elements: [button('approve', 'Approve', carried, 'primary', sure), button('dismiss', 'Dismiss', carried)],
    },
  ];
}

/** `kept` is for good (lib/journal): a person said so, or the time to undo is over. */
const undoable = new Set(['applied', 'verified']);

/** When Undo stops being offered; before a change is proven the row may not say so yet. */
export const undoUntilAt = (change: ChangeRecord, undoWindowMs: number): number =>
  change.undoUntilAt ?? (change.appliedAt ?? change.entries[0]?.at ?? 0) + undoWindowMs;

/** Whether a person may undo this change now. */
export const canUndo = (change: ChangeRecord, undoWindowMs: number, now: number): boolean =>
  change.plan.oneWay?.length !== change.plan.changes.length && undoable.has(change.step) && now < undoUntilAt(change, undoWindowMs);

/** Whether a person may say that a leased change shall stay: it works, and its lease still runs. */
export const canKeep = (change: ChangeRecord, now: number): boolean =>
  change.step === 'verified' && change.leaseEndsAt !== undefined && now < change.leaseEndsAt;

/** What may be ordered of a change now. */
export const offersOf = (change: ChangeRecord, undoWindowMs: number, now: number): readonly Act[] => [
  ...(canUndo(change, undoWindowMs, now) ? (['undo'] as const) : []),
  ...(canKeep(change, now) ? (['keep'] as const) : []),
  ...(change.step === 'stuck' ? (['settle'] as const) : []),
];

function keepButton(change: ChangeRecord, carried: Carried): Button {
  const { usdPerHour } = change.plan;
  const price = usdPerHour === undefined ? '' : ` It costs ${usd(usdPerHour)} an hour, about ${usd(usdPerHour * 730)} a month.`;
  return button(
    'keep',
    'Keep for good',
    carried,
    undefined,
    dialog(
      'Keep it beyond its lease?',
      `Gatemedic will not take it down any more, and Undo is no longer offered.${price}`,
      'Keep',
      'primary',
    ),
  );
}

const settleButton = (carried: Carried): Button =>
  button(
    'settle',
    'Settled by hand',
    carried,
    undefined,
    dialog(
      'Was it set by hand?',
      'Gatemedic changes nothing: it stops calling for somebody and stops watching this change. Do what the message says first.',
      'Settled',
      'primary',
    ),
  );

/** Undo within its window; Keep while a lease runs; a stuck change is settled by a person. */
export function changeButtons(change: ChangeRecord, undoWindowMs: number, now: number): readonly Block[] {
  const carried = { incidentId: change.incidentId, about: change.id, hash: change.plan.hash };
  const offers = offersOf(change, undoWindowMs, now);
  const undo = offers.includes('undo')
    ? [
        button(
          'undo',
          'Undo',
          carried,
          'danger',
          dialog('Take this change back?', `Takes back: ${previewOf(change.plan)}`, 'Undo', 'danger'),
        ),
      ]
    : [];
  const keep = offers.includes('keep') ? [keepButton(change, carried)] : [];
  const settle = offers.includes('settle') ? [settleButton(carried)] : [];
  const elements = [...undo, ...keep, ...settle];
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: `change.${change.id}`, elements }];
}

/** What a lease comes to, in words; empty without one. */
export function leaseWords(plan: Plan, endsAt: number | undefined, now: number): string {
  if (plan.leaseMs === undefined) return '';
  return endsAt === undefined
    ? `for ${span(plan.leaseMs)}, then looked at and taken down`
    : `until ${clock(endsAt, now)}, then looked at and taken down`;
}
