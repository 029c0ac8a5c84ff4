// docs/fixes.md: what each fix changes, risks and costs, when it runs without asking, and every guard that may stop it.
import { table as calls } from '../../lib/aws/table.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { guards } from '../../lib/guards/index.ts';
import type { Consent, Fix } from '../../lib/model/change.ts';
import { defaults, type Installation } from '../../lib/model/installation.ts';
import { mayRunUnasked } from '../../lib/stages/weighing/consent.ts';
import { settings } from '../../lib/settings/index.ts';
import type { Setting } from '../../lib/settings/setting.ts';
import { neverPart } from './never.ts';
import { code, duration, firstLine, list, sentence, table } from './words.ts';

const link = (id: string): string => `[${id}](#${id})`;
const cause = (id: string): string => `[${id}](causes.md#${id})`;

function byDefault(fix: Fix): string {
  const installed: Installation['fixes'][number] | undefined = [...defaults.fixes].find((f) => f.id === fix.id);
  if (!installed) return 'not installed';
  return mayRunUnasked({ fixes: [...defaults.fixes] }, fix) ? 'installed; unasked in mode `act`' : 'installed; asks, in mode `act` too';
}

const overview = (): readonly string[] =>
  table(
    ['fix', 'in a sentence', 'treats', 'by default'],
    fixes.map((f) => [link(f.id), f.title, list(f.treats.map(cause)), byDefault(f)]),
  );

const lease = (fix: Fix): string =>
  fix.leaseMs === undefined
    ? 'for good'
    : `${duration(fix.leaseMs)}, then it is taken down; where it is in use then, it is extended once, within the caps`;

const facts = (fix: Fix): readonly string[] =>
  table(
    ['', ''],
    [
      ['treats', fix.treats.length === 0 ? 'no cause' : list(fix.treats.map(cause))],
      ...(fix.gains ? [['shows', list(fix.gains.map((kind) => `[${kind}](causes.md#evidence)`))]] : []),
      ...(fix.relieves === undefined
        ? []
        : [['relieves, mends nothing', `${fix.relieves}; the message says so, and not that all is well`]]),
      ['consent', consentWords[fix.consent]],
      ['risk', fix.risk],
      ['costs', fix.about.costs],
      ['stands', lease(fix)],
      ['judged within', `${duration(fix.judgeMs)}: proven, taken back, or (too little traffic to tell) kept and told`],
      ['not unasked again for', `${duration(fix.cooldownMs)}, on the same stage`],
      ['looks at', list(fix.looksAt.map((kind) => `[${kind}](causes.md#evidence)`))],
    ],
  );

function section(fix: Fix): readonly string[] {
  return [
    '',
    `## ${fix.id}`,
    '',
    `**${fix.title}.** ${fix.about.changes}`,
    '',
    ...facts(fix),
    '',
    ...unasked(fix),
    ...settings.filter((s) => fix.settings.includes(s.id)).flatMap(settingPart),
  ];
}

const consentWords: Readonly<Record<Consent, string>> = {
  unasked: 'runs unasked in mode `act`, within the guards; `"unasked": false` has it asked',
  allowed: 'asked; unasked where the owner writes `"unasked": true`',
  asked: 'always asked',
  'two-person': 'two different people approve; with `fixes` only where it is listed',
};

const unasked = (fix: Fix): readonly string[] =>
  fix.about.unasked === undefined
    ? []
    : [
        `**Unasked**, in mode \`act\`, when ${fix.about.unasked} Against it speaks, beside the [guards](#guards):`,
        '',
        ...Object.entries(fix.objections ?? {}).map(([id, says]) => `- \`${id}\`: ${says}`),
        '',
      ];

const callLines = (setting: Setting): readonly string[] =>
  [...setting.calls.read, ...setting.calls.write].map((name) => `- ${code(name)} (${calls[name].effect}s): ${calls[name].why}`);

const settingPart = (setting: Setting): readonly string[] => [
  `### It moves \`${setting.id}\``,
  '',
  sentence(setting.title),
  '',
  ...callLines(setting),
  '',
  `**Race window**: ${setting.race}`,
  ...(setting.oneWay === undefined ? [] : ['', `**Cannot be taken back**: ${setting.oneWay}`]),
  ...(setting.hand === undefined
    ? []
    : ['', `Its writes are made with a role of their own (\`${setting.hand}\`), which only carry-out may take.`]),
  ...(setting.keptWhenUsed ? ['', 'Once requests have succeeded through it, only a person’s Undo takes it away.'] : []),
];

/** The text of docs/fixes.md. */
export const fixesDoc = (): string =>
  `${[
    firstLine,
    '# Fixes',
    '',
    'What Gatemedic may change, at what risk, and when it asks first. A fix that is not listed in the setting `fixes` stays advice, and its calls are in no role. Calls, roles and what IAM cannot narrow: [permissions.md](permissions.md).',
    '',
    ...overview(),
    '',
    'Every change is made the same way: read first and write only what is still missing; write nothing where the value is neither where it was nor where it goes; hold a lock on the target; record the intent before the first write; then prove it, or take it back. [How a change goes from plan to end](architecture.md#a-change-from-plan-to-end).',
    ...fixes.flatMap(section),
    ...neverPart(),
    '',
    '## Guards',
    '',
    'A guard is a reason not to act unasked, whatever the fix. It only ever lowers what would be done: act → wait → ask → advise. The Slack message names each one that spoke.',
    '',
    ...table(
      ['guard', 'reason'],
      guards.map((g) => [code(g.id), g.title]),
    ),
  ].join('\n')}\n`;
