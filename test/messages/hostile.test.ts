// Whatever a log, a header or a name says: nothing of it mentions, links or breaks out of the card.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentCard } from '../../lib/messages/card.ts';
import { checkMessage } from '../../lib/messages/check-blocks.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { asking, base, changeAt, diagnosis, hour, installation, minute, plan, question, t0 } from './incidents.ts';

const now = t0 + 2 * minute;
const card = (incident: Incident, changes: readonly ChangeRecord[] = [], at = now) =>
  incidentCard(incident, changes, installation, { now: at });
/** The card as text, one line a line. */

/** A card filled with one hostile text, wherever text from outside can stand. */
function filledWith(text: string): Incident {
  const verdict = {
    is: 'confirmed' as const,
    facts: { ref: { accountId: text, region: 'us-east-1', name: text } },
    by: [{ kind: 'functionPolicy' as never, trust: 'aws' as const, says: text }],
  };
  const hostilePlan = { ...plan, fix: text, preview: [text, text], snippets: [{ title: text, language: 'bash' as const, code: text }] };
  return {
    ...base,
    at: { ...base.at, apiName: text },
    diagnosis: {
      ...diagnosis,
      suspects: [{ id: 'lambda-permission-missing', clues: [{ quote: text, in: 'executionLog', source: 'x' }], verdict }],
      nextProbe: text,
    },
    question: { ...question, plan: hostilePlan },
    decision: { do: 'advise', at: now, untilAt: now, because: [text], advice: { summary: text, steps: [text, text], snippets: [] } },
    notes: [],
  };
}

const pieces = fc.constantFrom(
  '<!channel>',
  '<!here>',
  '<@U0BOB0002>',
  '<https://evil.example|ok>',
  '`',
  '```',
  '\n> ',
  '*',
  '_',
  '\u202e',
  '&lt;!channel&gt;',
  '"',
  '|',
  '>',
  '@channel',
  'https://evil.example',
  '\ud800',
  '🔥',
);
const hostile = fc.array(fc.oneof(pieces, fc.string({ maxLength: 30 })), { maxLength: 60 }).map((p) => p.join(''));

test('whatever a log says, the card mentions only approvers, links only to the console, and stays within limits', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const incident = filledWith(text);
      const change = changeAt('verified', { plan: incident.question?.plan ?? plan, leaseEndsAt: now + hour });
      const stuck = changeAt('stuck', {
        id: 'chg-2',
        entries: [{ n: 1, step: 'stuck', at: now, by: { kind: 'person', id: text }, why: text }],
      });
      const message = card(incident, [change, stuck]);
      expect(checkMessage(message)).toEqual([]);
      const texts = message.blocks.flatMap((b) =>
        b.type === 'section' && 'text' in b ? [b.text.text] : b.type === 'context' ? b.elements.map((e) => e.text) : [],
      );
      for (const angle of texts.flatMap((t) => t.match(/<[^>]*>?/g) ?? []))
        expect(angle).toMatch(
          /^<(@U0(ADA0001|BOB0002)|!date\^\d+\^[^|<>]*\|[^|<>]* UTC|https:\/\/us-east-1\.console\.aws\.amazon\.com\/[^|<>\s]*\|[^|<>]*)>$/,
        );
      for (const t of texts) expect((t.replace(/```\n[^`]*\n```/g, '').match(/`/g) ?? []).length % 2).toBe(0);
      expect(message.text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
    }),
    { numRuns: 300 },
  );
});

test('endless texts stay within Slack’s limits', () => {
  const endless = filledWith('x<"'.repeat(40_000));
  expect(checkMessage(card(endless, [changeAt('verified'), changeAt('undone'), { ...changeAt('stuck'), id: 'chg-2' }]))).toEqual([]);
});

test('a mention of an approver is real only where the settings name a Slack id', () => {
  const text = JSON.stringify(incidentCard(asking, [], { ...installation, approvers: ['U0ADA0001', '<!channel>'] }, { now }).blocks);
  expect(text).toContain('<@U0ADA0001>');
  expect(text).not.toContain('<!channel>');
});
