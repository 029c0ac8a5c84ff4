// Rewrites the index of every catalogue folder from the files in it: adding an entry is adding its file.
import { readdirSync, writeFileSync } from 'node:fs';
import type { Collector } from '../lib/collectors/collector.ts';
import type { Fix } from '../lib/model/change.ts';
import type { AnySetting } from '../lib/settings/setting.ts';

const root = new URL('../lib/', import.meta.url);
const catalogues = [
  { folder: 'collectors', type: 'Collector', from: './collector.ts', skip: ['collector.ts'], list: 'readonly Collector[]' },
  { folder: 'causes', type: 'Cause', from: '../model/cause.ts', skip: ['titles.ts'], list: 'readonly Cause[]' },
  { folder: 'settings', type: 'Setting', from: './setting.ts', skip: ['setting.ts'], list: 'readonly Setting[]' },
  { folder: 'fixes', type: 'Fix', from: '../model/change.ts', skip: [], list: 'readonly Fix[]' },
  { folder: 'guards', type: 'Guard', from: '../model/change.ts', skip: [], list: 'readonly Guard[]' },
  { folder: 'demo/breakages', type: 'Breakage', from: './breakage.ts', skip: ['breakage.ts', 'find.ts'], list: 'readonly Breakage[]' },
];
const camel = (name: string): string => name.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());

/** On one line where the formatter (width 140) would put it on one. */
function listOf(name: string, names: readonly string[], type: string): string {
  const line = `export const ${name} = [${names.join(', ')}] as unknown as ${type};`;
  return line.length <= 140 ? line : `export const ${name} = [\n${names.map((n) => `  ${n},\n`).join('')}] as unknown as ${type};`;
}

/** The text of a catalogue's index. */
export function indexOf(folder: string): string {
  const c = catalogues.find((one) => one.folder === folder);
  if (!c) throw new Error(`no catalogue ${folder}; there are ${catalogues.map((one) => one.folder).join(', ')}`);
  const files = readdirSync(new URL(`${folder}/`, root))
    .filter((f) => f.endsWith('.ts') && f !== 'index.ts' && !c.skip.includes(f))
    .sort();
  const names = files.map((f) => camel(f.slice(0, -3)));
  return [
    '// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.',
    `import type { ${c.type} } from '${c.from}';`,
    ...files.map((f, i) => `import ${names[i]} from './${f}';`),
    '',
    `/** Every entry of lib/${folder}, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */`,
    listOf(folder.slice(folder.lastIndexOf('/') + 1), names, c.list),
    '',
  ].join('\n');
}

/** The titles of the causes by themselves: whoever only tells of a cause loads none of the code that finds it. */
export const titlesOf = (causes: readonly { readonly id: string; readonly title: string }[]): string =>
  [
    '// Written by `npm run catalogue` from the causes; a test fails when it is stale. Who only tells of a cause loads none of the code that finds it.',
    '',
    '/** id → title. */',
    'export const causeTitles: Readonly<Record<string, string>> = {',
    ...causes.map(({ id, title }) => `  ${/^\w+$/.test(id) ? id : `'${id}'`}: ${title.includes("'") ? `"${title}"` : `'${title}'`},`),
    '};',
    '',
  ].join('\n');

interface Catalogues {
  readonly collectors: readonly Pick<Collector, 'calls'>[];
  readonly fixes: readonly Fix[];
  readonly settings: readonly AnySetting[];
}

/** What the catalogues declare, without the code behind it: whoever only needs to know that loads none of it. */
export const declaredOf = ({ collectors, fixes, settings }: Catalogues): string =>
  [
    '// Written by `npm run catalogue` from collectors, fixes and settings; a test fails when it is stale. What they declare, without the code',
    '// behind it: a function that only needs to know its calls starts without the catalogues.',
    "import type { CallName } from './aws/calls.ts';",
    "import type { Fix, Hand } from './model/change.ts';",
    '',
    'export const evidenceCalls: readonly CallName[] = [',
    ...[...new Set(collectors.flatMap((c) => c.calls))].sort().map((name) => `  ${JSON.stringify(name)},`),
    '];',
    '',
    "type Declared = 'id' | 'title' | 'risk' | 'treats' | 'gains' | 'settings' | 'consent' | 'judgeMs' | 'leaseMs' | 'looksAt';",
    'export const declaredFixes: readonly Pick<Fix, Declared>[] = [',
    ...fixes.map(({ id, title, risk, treats, gains, settings: used, consent, judgeMs, leaseMs, looksAt }) =>
      row({ id, title, risk, treats, gains, settings: used, consent, judgeMs, leaseMs, looksAt }),
    ),
    '];',
    '',
    '/** `managed`: something else may steer it; `inUse`: its use is seen by metrics. */',
    'interface DeclaredSetting {',
    '  readonly id: string;',
    '  readonly calls: { readonly read: readonly CallName[]; readonly write: readonly CallName[] };',
    '  readonly hand?: Hand;',
    '  readonly managed: boolean;',
    '  readonly inUse: boolean;',
    '}',
    'export const declaredSettings: readonly DeclaredSetting[] = [',
    ...settings.map(({ id, calls, hand, managed, inUse }) =>
      row({ id, calls, hand, managed: managed !== undefined, inUse: inUse !== undefined }),
    ),
    '];',
    '',
  ].join('\n');
const row = (value: object): string => `  ${JSON.stringify(value)},`;

if (import.meta.main) {
  for (const { folder } of catalogues) writeFileSync(new URL(`${folder}/index.ts`, root), indexOf(folder));
  const { causes } = await import('../lib/causes/index.ts');
  writeFileSync(new URL('causes/titles.ts', root), titlesOf(causes));
  const { collectors } = await import('../lib/collectors/index.ts');
  const { fixes } = await import('../lib/fixes/index.ts');
  const { settings } = await import('../lib/settings/index.ts');
  writeFileSync(new URL('declared.ts', root), declaredOf({ collectors, fixes, settings: settings as unknown as readonly AnySetting[] }));
}
