// Rewrites the index of every catalogue folder from the files in it: adding an entry is adding its file.
import { readdirSync, writeFileSync } from 'node:fs';
import type { Collector } from '../lib/collectors/collector.ts';
import type { Fix } from '../lib/model/change.ts';
import type { Setting } from '../lib/settings/setting.ts';

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
  readonly collectors: readonly Collector[];
  readonly settings: readonly Setting[];
  readonly fixes: readonly Fix[];
}

/** What the entries declare, by itself: the text of lib/declared.ts. */
export function declaredOf({ collectors, settings, fixes }: Catalogues): string {
  const calls = [...new Set(collectors.flatMap((c) => c.calls))].toSorted();
  const line = (entry: object): string => `  ${JSON.stringify(entry)},`;
  return [
    '// Written by `npm run catalogue` from the collectors, settings and fixes; a test fails when it is stale. Who only needs to know which calls',
    '// are made, or what a fix is called and takes, loads none of the code that plans and makes them: most functions.',
    "import type { CallName } from './aws/calls.ts';",
    "import type { CauseId } from './model/cause.ts';",
    "import type { Consent, Hand } from './model/change.ts';",
    "import type { EvidenceKind } from './model/evidence.ts';",
    '',
    '/** What every collector calls. */',
    `export const evidenceCalls: readonly CallName[] = ${JSON.stringify(calls)};`,
    '',
    'export interface DeclaredSetting {',
    '  readonly id: string;',
    '  readonly reads: readonly CallName[];',
    '  readonly writes: readonly CallName[];',
    '  readonly hand?: Hand;',
    '  /** Something else may steer it. */',
    '  readonly managed?: true;',
    '  /** Metrics tell whether it is in use. */',
    '  readonly inUse?: true;',
    '  /** Once in use, only a person takes it away. */',
    '  readonly keptWhenUsed?: true;',
    '}',
    'export const declaredSettings: readonly DeclaredSetting[] = [',
    ...settings.map((s) =>
      line({
        id: s.id,
        reads: s.calls.read,
        writes: s.calls.write,
        ...(s.hand ? { hand: s.hand } : {}),
        ...('managed' in s ? { managed: true } : {}),
        ...('inUse' in s ? { inUse: true } : {}),
        ...('keptWhenUsed' in s ? { keptWhenUsed: true } : {}),
      }),
    ),
    '];',
    '',
    'export interface DeclaredFix {',
    '  readonly id: string;',
    '  readonly title: string;',
    '  readonly risk: string;',
    '  readonly consent: Consent;',
    '  readonly treats: readonly CauseId[];',
    '  readonly gains?: readonly EvidenceKind[];',
    '  readonly looksAt: readonly EvidenceKind[];',
    '  readonly settings: readonly string[];',
    '  readonly judgeMs: number;',
    '  readonly leaseMs?: number;',
    '}',
    'export const declaredFixes: readonly DeclaredFix[] = [',
    ...fixes.map(({ id, title, risk, consent, treats, gains, looksAt, settings: moved, judgeMs, leaseMs }) =>
      line({
        id,
        title,
        risk,
        consent,
        treats,
        ...(gains ? { gains } : {}),
        looksAt,
        settings: moved,
        judgeMs,
        ...(leaseMs === undefined ? {} : { leaseMs }),
      }),
    ),
    '];',
    '',
    '/** The fixes that look at a kind of evidence: what is kept for them alone is kept where one of them is installed. */',
    'export const fixesLookingAt = (kind: EvidenceKind): readonly string[] =>',
    '  declaredFixes.filter((f) => f.looksAt.includes(kind)).map((f) => f.id);',
    '',
  ].join('\n');
}

if (import.meta.main) {
  for (const { folder } of catalogues) writeFileSync(new URL(`${folder}/index.ts`, root), indexOf(folder));
  const { causes } = await import('../lib/causes/index.ts');
  writeFileSync(new URL('causes/titles.ts', root), titlesOf(causes));
  const [{ collectors }, { settings }, { fixes }] = await Promise.all([
    import('../lib/collectors/index.ts'),
    import('../lib/settings/index.ts'),
    import('../lib/fixes/index.ts'),
  ]);
  writeFileSync(new URL('declared.ts', root), declaredOf({ collectors, settings, fixes }));
}
