// Poisoned words in every place that somebody outside names: they come out of each mouth of Gatemedic (card, thread, whisper, failure, digest,
// topic, terminal) as words, and do nothing there: no mention, no link, no code that ends, no line that lies, no colour, no flood.
import { expect } from 'vitest';
import { redactText } from '../../lib/aws/redact.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import digest from '../../lib/stages/digest.ts';
import { intake } from '../../lib/stages/intake.ts';
import tell from '../../lib/stages/tell.ts';
import { rows } from '../../lib/store/rows.ts';
import answer from '../../lib/stages/answer.ts';
import { runDiagnose } from '../command/edges.ts';
import { asking, base, changeAt, diagnosis, fixed, hour, minute, plan, question, t0 } from '../messages/incidents.ts';
import { metricAlarm } from '../signals/examples.ts';
import { tellingWorld } from '../stages/telling-world.ts';
import { upkeepWorld } from '../stages/upkeep-world.ts';
import type { Attack, Room } from './attack.ts';

const escape = '\u001b';
const poisons: Readonly<Record<string, string>> = {
  'a call to the whole channel': '<!channel> <!here> <!everyone> @channel @here',
  'a mention': '<@U0BOB0002> <@W012ABC> <!subteam^S012AB3CD>',
  'a link': '<https://evil.example/?q=|the console> https://evil.example <mailto:a@b.c|mail>',
  'an entity that becomes a mention': '&lt;!channel&gt; &amp;lt;!channel&amp;gt;',
  'a code block that ends': '``` *bold* ``` `code` ```\n> not a quotation\n```',
  formatting: '*all is well* _really_ ~not~ • done',
  'lines of its own': 'a\nApproved by Ada\r\nb\u2028c\u2029d\u0085e',
  'text that runs backwards': 'abc\u202egpj.exe\u202c \u2066x\u2069 \u200fy',
  'characters nobody sees': 'pay\u200bments\u200c\u200d\ufeff\u2060\u00ad \u{e0041}\u{e0042}',
  'half a character': 'x\ud800y\udc00z',
  'the codes of a terminal': `${escape}[2J${escape}[31mred${escape}]8;;https://evil.example${escape}\\link${escape}]8;;${escape}\\ \u0007\u0008\u009b31m`,
  'quotation marks that come in threes': '" said "she" and "he',
  'ten kilobytes': 'A<"`'.repeat(2560),
  'ten kilobytes of one word': 'x'.repeat(10_240),
};

const now = t0 + 3 * minute;
const withVerdict = (says: string, facts: unknown = {}): Incident['diagnosis'] => ({
  ...diagnosis,
  suspects: [
    {
      id: 'lambda-permission-missing',
      clues: [{ quote: says, in: 'executionLog', source: 'x' }],
      verdict: { is: 'confirmed', facts, by: [{ kind: 'deployedApi', trust: 'aws', says }] },
    },
  ],
});
const planOf = (text: string) => ({
  ...plan,
  preview: [`invoke permission of ${text}: absent → allowed`],
  snippets: [{ title: text, language: 'bash' as const, code: text }],
});
const stuck = (text: string): ChangeRecord =>
  changeAt('stuck', { plan: planOf(text), entries: [{ n: 1, step: 'stuck', at: now, by: { kind: 'gatemedic' }, why: text }] });

/** Where the words stand in an incident, as they get there: a name, a value, a sentence of AWS's, a person. */
interface Place {
  readonly incident: (text: string) => Incident;
  readonly changes?: (text: string) => readonly ChangeRecord[];
}
const places: Readonly<Record<string, Place>> = {
  'the API’s name': { incident: (text) => ({ ...asking, at: { ...base.at, apiName: text } }) },
  'the stage’s name': { incident: (text) => ({ ...asking, at: { ...base.at, stage: text } }) },
  'a stage variable': {
    incident: (text) => ({ ...asking, diagnosis: withVerdict(`stage variable "fn" is "${text}", which names no function`) as never }),
  },
  'a function’s name': {
    incident: (text) => ({
      ...asking,
      diagnosis: withVerdict(`the policy of "${text}" has no statement`, {
        ref: { accountId: '111122223333', region: 'us-east-1', name: text },
      }) as never,
      question: { ...question, plan: planOf(text) },
    }),
    changes: (text) => [changeAt('verified', { plan: planOf(text), leaseEndsAt: now + hour, undoUntilAt: now + hour })],
  },
  'an error’s text': {
    incident: (text) => ({
      ...asking,
      diagnosis: withVerdict(text) as never,
      decision: {
        do: 'advise',
        at: now,
        untilAt: now,
        because: [text],
        advice: { summary: text, steps: [text], snippets: [{ title: text, language: 'bash', code: text }] },
      },
    }),
    changes: (text) => [stuck(text)],
  },
  'a person’s name': {
    incident: (text) => ({
      ...asking,
      question: { ...question, state: 'approved', by: { kind: 'person', id: text, name: text }, decidedAt: now },
      notes: [{ key: 'answer:q81c', at: now, says: `"${text}" approved: "${plan.preview.join('; ')}"` }],
    }),
    changes: (text) => [
      changeAt('undone', {
        approvedBy: { kind: 'person', id: text, name: text },
        entries: [{ n: 1, step: 'undone', at: now, by: { kind: 'person', id: text, name: text }, why: text }],
      }),
    ],
  },
};

/** Everything that is told of it, by the stages themselves: the stand-in Slack refuses what Slack would. */
async function told(place: Place, text: string) {
  const w = tellingWorld(now);
  const changes = place.changes?.(text) ?? [];
  await w.have(place.incident(text), ...changes);
  await tell.run(w.world, { incidentId: base.id });
  await answer.run(w.world, w.click({ act: 'dismiss', userName: text, userId: 'U0ADA0001' }));
  await tell.run(w.world, { incidentId: base.id, failure: { Error: text, Cause: JSON.stringify({ errorMessage: text }) } });
  await w.patch((i) => ({ ...i, phase: 'closed', closedAt: now, outcome: 'asked' }));
  await tell.run(w.world, { incidentId: base.id });
  await digest.run(w.world, { to: now + minute });
  expect(w.slack.messages.length).toBe(3);
  return w;
}
type Told = Awaited<ReturnType<typeof told>>;

const texts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
/** What only a button carries is not shown, and is ours. */
const shown = ({ slack }: Told): readonly string[] => [
  ...slack.messages.flatMap((m) => [m.text, ...texts(m.blocks), ...m.thread.flatMap((t) => [t.text, ...texts(t.blocks)])]),
  ...slack.whispers.flatMap((s) => [s.message.text, ...texts(s.message.blocks)]),
];

// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
const misleading = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;
const ours =
  /^<(@U0(ADA0001|BOB0002)|!date\^\d+\^[^|<>]*\|[^|<>]* UTC|https:\/\/us-east-1\.console\.aws\.amazon\.com\/[^|<>\s]*\|[^|<>]*)>$/;
/** Slack formats a block kit text of this type only. */
const marked = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  return [...(type === 'mrkdwn' && typeof text === 'string' ? [text] : []), ...Object.values(value).flatMap(marked)];
};

function harmless(w: Told): void {
  for (const text of shown(w)) {
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(control);
    expect(text).not.toMatch(misleading);
  }
  const formatted = [
    ...w.slack.messages.flatMap((m) => [...marked(m.blocks), ...m.thread.flatMap((t) => marked(t.blocks))]),
    ...w.slack.whispers.flatMap((s) => marked(s.message.blocks)),
  ];
  expect(formatted.length).toBeGreaterThan(5);
  for (const text of formatted) {
    for (const angle of text.match(/<[^>]*>?/g) ?? []) expect(angle).toMatch(ours);
    const outside = text.replace(/```\n[^`]*\n```/g, '');
    expect((outside.match(/`/g) ?? []).length % 2).toBe(0);
    // outside of code nothing looks like a link or a call by itself
    const prose = outside.replace(/`[^`]*`/g, '').replace(/<[^<>]*>/g, '');
    expect(prose).not.toMatch(/:\/\/|@\w/);
  }
  for (const { text } of w.slack.messages) expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>]/);
  for (const { subject, message } of w.published) {
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(256 * 1024);
  }
}

const inSlack: readonly Attack[] = Object.entries(places).flatMap(([where, place]) =>
  Object.entries(poisons).map(([what, text]) => ({
    name: `${what} in ${where}: Slack and topic`,
    run: async () => harmless(await told(place, text)),
  })),
);

const alarms: readonly Attack[] = Object.entries(poisons).map(([what, text]) => ({
  name: `${what} in an alarm’s name: heard as an alarm, told as none`,
  run: async () => {
    const w = upkeepWorld();
    const name = `AlarmNobodyReads ${text}`.slice(0, 255);
    expect(await intake(w.world, metricAlarm({ name }))).toMatchObject({ opened: ['opened'] });
    const t = tellingWorld(1_700_000_000_000 + minute);
    const [opened] = await rows.incident.list(w.store, 'open-incidents');
    if (!opened || !asking.decision) throw new Error('the alarm opened nothing');
    await t.have({ ...opened.value, decision: asking.decision });
    await tell.run(t.world, { incidentId: opened.value.id });
    // nobody reads an alarm's name in a message: the stage is named by the owner's own list
    expect(shown(t).join()).not.toContain('AlarmNobodyReads');
    expect(t.slack.messages).toHaveLength(1);
  },
}));

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
/** A recorded case with the words wherever one holds words. */
const caseWith = (text: string, id = `case ${text}`.slice(0, 200)): string =>
  JSON.stringify({
    id,
    apiType: 'REST',
    integration: 'AWS_PROXY',
    response: { status: 502, body: text },
    logs: [
      { kind: 'function', lines: [`ERROR ${text}`, `2026-01-01T00:00:00.000Z 4a0f Task timed out after 3.00 seconds ${text}`] },
      { kind: 'execution', lines: [`Execution failed due to configuration error: Invalid permissions on Lambda function ${text}`] },
    ],
    metrics: [{ namespace: 'AWS/ApiGateway', name: '5XXError', statistic: 'Sum', value: 40 }],
    answers: [
      { call: 'apigateway:GetStage', output: { stageName: 'prod', variables: { fn: text } } },
      {
        call: 'apigateway:GetIntegration',
        output: {
          type: 'AWS_PROXY',
          httpMethod: 'POST',
          uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`,
        },
      },
      {
        call: 'lambda:GetFunctionConfiguration',
        output: { FunctionName: 'orders', State: 'Failed', StateReason: text, StateReasonCode: text, Timeout: 10 },
      },
      { call: 'lambda:GetPolicy', error: 'AccessDeniedException', message: text },
    ],
  });

// eslint-disable-next-line no-control-regex -- they are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** Our own colours, and nothing else of a terminal's. */
// eslint-disable-next-line no-control-regex -- it is what is looked for
const uncoloured = (text: string): string => text.replaceAll(/\u001b\[(?:1|2|22|31|32|33|36|39)m/g, '');

const inTerminal: readonly Attack[] = Object.entries(poisons).flatMap(([what, text]): readonly Attack[] => [
  {
    name: `${what} in a recorded case: the terminal`,
    run: async () => {
      for (const colour of [false, true]) {
        const { out, err } = await runDiagnose(['--input', 'c.json'], { files: { 'c.json': caseWith(text) }, colour });
        const page = uncoloured(`${out}${err}`);
        expect(page.length).toBeGreaterThan(200);
        expect(page.length).toBeLessThan(20_000);
        expect(page).not.toMatch(obeyed);
        expect(page).not.toMatch(misleading);
        if (!colour) expect(out).not.toContain(escape);
      }
      const { out } = await runDiagnose(['--input', 'c.json', '--json'], { files: { 'c.json': caseWith(text) } });
      expect(out).not.toMatch(obeyed);
    },
  },
  {
    name: `${what} where a case should stand: the complaint`,
    run: async () => {
      for (const broken of [
        text,
        `{"id": ${text}`,
        JSON.stringify({ id: 1, [text]: text }),
        JSON.stringify({ id: 'x', logs: [{ kind: text, lines: [] }] }),
      ]) {
        const { err, out } = await runDiagnose(['--input', 'c.json'], { files: { 'c.json': broken } });
        expect(`${err}${out}`).not.toMatch(obeyed);
        expect(`${err}${out}`).not.toMatch(misleading);
        expect(err.length).toBeLessThan(5000);
      }
    },
  },
]);

const secrets =
  'Authorization: Bearer abcdef0123456789abcdef password=hunter2hunter2 AKIAIOSFODNN7EXAMPLE eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
const kept: readonly Attack[] = [
  {
    name: 'secrets in an error’s text: a failure of Gatemedic’s own is told without them',
    run: async () => {
      const w = tellingWorld(now);
      await w.have(fixed);
      await tell.run(w.world, { incidentId: base.id, failure: { Error: 'Error', Cause: JSON.stringify({ errorMessage: secrets }) } });
      const all = JSON.stringify([w.slack.messages, w.published]);
      for (const secret of ['abcdef0123456789abcdef', 'hunter2hunter2', 'AKIAIOSFODNN7EXAMPLE', 'c2lnbmF0dXJl'])
        expect(all).not.toContain(secret);
      expect(redactText(secrets)).not.toBe(secrets);
    },
  },
  {
    name: 'secrets in a recorded case: the terminal',
    run: async () => {
      const { out, err } = await runDiagnose(['--input', 'c.json'], { files: { 'c.json': caseWith(secrets, 'x') } });
      for (const secret of ['abcdef0123456789abcdef', 'hunter2hunter2', 'AKIAIOSFODNN7EXAMPLE', 'c2lnbmF0dXJl'])
        expect(`${out}${err}`).not.toContain(secret);
    },
  },
];

export const poison: Room = { of: 'poisoned words', attacks: [...inSlack, ...alarms, ...inTerminal, ...kept] };
