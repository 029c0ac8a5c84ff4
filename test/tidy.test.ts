// House rules that a machine can hold: who may import whom, file sizes, names, no clock or chance outside the edges, fresh indexes.
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectors } from '../lib/collectors/index.ts';
import { fixes } from '../lib/fixes/index.ts';
import { settings } from '../lib/settings/index.ts';
import type { AnySetting } from '../lib/settings/setting.ts';
import { declaredOf, indexOf } from '../scripts/catalogue.ts';
import { code, importsOf, meant, moduleOf, root, sources, text } from './sources.ts';

/** `lib/causes/x.ts` → `causes`; a file straight in lib is its own room. */
const roomOf = (path: string): string => {
  const parts = path.split('/');
  return parts[0] === 'lib' ? (parts.length > 2 ? (parts[1] ?? '') : (parts[1] ?? '').replace(/\.ts$/, '')) : (parts[0] ?? '');
};

/** room → rooms it may import; `types` only as types. `model` is open to everybody. */
const walls: Record<string, { may: readonly string[]; types?: readonly string[] }> = {
  model: { may: [] },
  causes: { may: [], types: ['collectors'] },
  guards: { may: [] },
  messages: { may: [] },
  collectors: { may: [], types: ['aws'] },
  settings: { may: [], types: ['aws'] },
  fixes: { may: ['settings'] },
  signals: { may: ['aws'] },
  journal: { may: ['store', 'settings'], types: ['world', 'aws'] },
  store: { may: ['world'] },
  aws: { may: ['store'], types: ['duties'] },
  slack: { may: ['world', 'stages'] },
  world: { may: [], types: ['aws', 'store'] },
  declared: { may: [], types: ['aws'] },
  duties: { may: ['declared'], types: ['aws'] },
  stages: {
    may: ['collectors', 'causes', 'settings', 'fixes', 'declared', 'guards', 'messages', 'journal', 'signals', 'store', 'world', 'aws'],
    types: ['duties'],
  },
  command: {
    may: ['stages', 'causes', 'collectors', 'fixes', 'guards', 'settings', 'messages', 'aws', 'store', 'duties', 'world'],
  },
  live: { may: ['aws', 'store', 'slack', 'stages', 'duties', 'world'], types: ['command'] },
  workflow: { may: [] },
  stack: { may: ['aws', 'duties', 'collectors', 'fixes', 'settings', 'store'] },
  sandbox: { may: ['aws', 'messages', 'world', 'store'] },
  demo: {
    may: ['sandbox', 'workflow', 'stages', 'stack', 'slack', 'aws', 'store', 'duties', 'world', 'messages', 'causes', 'fixes', 'command'],
  },
};

describe('import walls', () => {
  for (const path of code.filter((p) => p.startsWith('lib/'))) {
    test(path, () => {
      const room = roomOf(path);
      const wall = walls[room];
      expect(
        wall,
        `lib/${room} is a room without a wall: add it to \`walls\` in test/tidy.test.ts, with the rooms it may import`,
      ).toBeDefined();
      for (const { from, typeOnly } of importsOf(path)) {
        if (!from.startsWith('.')) {
          const sdk = from.startsWith('@aws-sdk/') && !typeOnly;
          if (sdk)
            expect(
              ['aws', 'store', 'live'],
              `${path} imports ${from}: only lib/aws, lib/store and lib/live touch the SDK; go through the World`,
            ).toContain(room);
          continue;
        }
        const target = roomOf(meant(path, from));
        const allowed = target === room || target === 'model' || wall?.may.includes(target) || (typeOnly && wall?.types?.includes(target));
        expect(
          allowed,
          `${path} imports ${from}: lib/${room} may import ${['model', ...(wall?.may ?? [])].join(', ')}${wall?.types ? ` (types of ${wall.types.join(', ')})` : ''}; move the code, or pass the thing in`,
        ).toBe(true);
      }
    });
  }
});

test('files stay under 300 lines', () => {
  const long = sources.filter((p) => text(p).split('\n').length > 301);
  expect(long, 'a longer file has a second room in it: split it').toEqual([]);
});

test('file names are kebab-case and say what is in them', () => {
  const odd = sources.filter((p) => !/^[a-z0-9-]+(\.test|\.config)?\.(ts|js|css|html)$/.test(p.split('/').at(-1) ?? ''));
  expect(odd, 'kebab-case').toEqual([]);
  // AWS's own word may say of which kind a thing is (service-throttled); it may not be what a file is
  const vague = sources.filter((p) =>
    /(^|[/-])(?:(utils?|helpers?|managers?|common|misc)(\.|-|\/)|services?(\.|\/))/.test(relative('', p)),
  );
  expect(vague, 'name a file for what it holds').toEqual([]);
});

test('every file opens with what it is', () => {
  const silent = code.filter((p) => !p.startsWith('test/') && !/^(#!.*\n)?\s*(\/\/|\/\*\*)/.test(text(p)));
  expect(silent, 'one or two sentences on top: what it is, why it is so').toEqual([]);
});

test('time, chance, environment and console only at the edges', () => {
  const inner = code.filter(
    (p) =>
      /^lib\/(model|stages|collectors|causes|settings|fixes|guards|messages|journal|signals|workflow|sandbox|stack|command)\//.test(p) ||
      p === 'lib/duties.ts',
  );
  const found = inner.flatMap((p) =>
    [...text(p).matchAll(/\b(Date\.now\(|Math\.random\(|process\.env|setTimeout\(|setInterval\(|console\.\w+\()/g)].map(
      (m) => `${p}: ${m[1]}`,
    ),
  );
  expect(found, 'take now(), id() and settings from the World').toEqual([]);
});

test('no loose types', () => {
  const shipped = code.filter((p) => !p.startsWith('test/'));
  const found = shipped.flatMap((p) =>
    [...text(p).matchAll(/(:\s*any\b|\bas any\b|@ts-(?:ignore|nocheck|expect-error))/g)].map((m) => `${p}: ${m[1]}`),
  );
  expect(found).toEqual([]);
});

test('the rooms that decide are pure: no package but the schema’s', () => {
  const deciding = code.filter((p) => /^lib\/(model|causes|guards|messages)\//.test(p));
  // Node's zlib only packs the installation's settings to fit an environment variable.
  const pure = ['valibot', 'lib/model/installation.ts node:zlib'];
  const found = deciding.flatMap((p) =>
    importsOf(p)
      .filter(({ from, typeOnly }) => !typeOnly && !from.startsWith('.') && !pure.includes(from) && !pure.includes(`${p} ${from}`))
      .map(({ from }) => `${p}: ${from}`),
  );
  expect(found, 'a verdict or a message comes from its arguments alone').toEqual([]);
});

test('a fix names the causes it treats; a cause never names a fix', () => {
  const fixes = code.filter((p) => /^lib\/fixes\/(?!index)/.test(p)).map((p) => p.slice('lib/fixes/'.length, -3));
  expect(fixes.length).toBeGreaterThan(0);
  const found = code
    .filter((p) => p.startsWith('lib/causes/'))
    .flatMap((p) => fixes.filter((id) => text(p).includes(id)).map((id) => `${p}: ${id}`));
  expect(found, 'a new fix must not touch a cause').toEqual([]);
});

/** Each property of an interface with the comment over it. */
const propOf = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\n {2}readonly (\w+)(\??):/g;

test('every construct prop is explained, and an optional one says its default in words', () => {
  const interfaces = [...text('lib/stack/props.ts').matchAll(/export interface \w+ [^{]*\{(\n[\s\S]*?)\n\}/g)].map((m) => m[1]).join('');
  const found = [...interfaces.matchAll(propOf)];
  expect(found.length).toBeGreaterThan(20);
  const bare = found.filter(([, doc]) => !doc).map(([, , name]) => name);
  expect(bare, 'a doc comment: what it is, in the owner’s words').toEqual([]);
  const silent = found.filter(([, doc, , optional]) => optional === '?' && !/@default - \S/.test(doc ?? '')).map(([, , name]) => name);
  expect(silent, '`@default - …` in words').toEqual([]);
});

test('what is exported is imported somewhere', () => {
  const taken = new Set(
    code.flatMap((p) =>
      importsOf(p).flatMap(({ from, names }) => (from.startsWith('.') ? names.map((n) => `${meant(p, from)} ${n}`) : [])),
    ),
  );
  // lines/ and faults/ are read by folder, a file a subject
  const outside = (p: string): boolean =>
    /^(bin|functions|scripts|test\/causes\/lines|test\/laws\/faults)\/|\.(test|config)\.ts$/.test(p) || p === 'lib/stack/gatemedic.ts';
  const unused = code
    .filter((p) => !outside(p) && !taken.has(`${p} *`))
    .flatMap((p) =>
      moduleOf(p).staticExports.flatMap(({ entries }) =>
        entries
          .filter((e) => !e.isType && !taken.has(`${p} ${e.exportName.name ?? 'default'}`))
          .map((e) => `${p}: ${e.exportName.name ?? 'default'}`),
      ),
    );
  expect(unused, 'drop it, or drop its `export`').toEqual([]);
});

test('no test is left out, and none holds a whole template', () => {
  const mine = join('test', 'tidy.test.ts');
  const found = sources
    .filter((p) => p.endsWith('.test.ts') && p !== mine)
    .flatMap((p) =>
      [...text(p).matchAll(/\b(?:test|it|describe)\.(?:only|skip|todo)\b|\btoMatch(?:File)?Snapshot\b/g)].map((m) => `${p}: ${m[0]}`),
    );
  expect(found, 'a test that does not run says nothing; a snapshot of everything records mistakes as truth').toEqual([]);
});

describe('catalogues', () => {
  for (const folder of ['collectors', 'causes', 'settings', 'fixes', 'guards']) {
    test(`lib/${folder}/index.ts is fresh`, () => {
      expect(text(`lib/${folder}/index.ts`), 'run `npm run catalogue`').toBe(indexOf(folder));
    });
  }
  test('what they declare is written down fresh', () => {
    const all = { collectors, fixes, settings: settings as unknown as readonly AnySetting[] };
    expect(text('lib/declared.ts'), 'run `npm run catalogue`').toBe(declaredOf(all));
  });
  for (const folder of ['causes', 'settings', 'fixes', 'guards']) {
    test(`${folder}: id is the file's name, and each entry has a test`, async () => {
      const tests = sources
        .filter((p) => p.startsWith('test/'))
        .map(text)
        .join('\n');
      for (const path of code.filter((p) => dirname(p) === `lib/${folder}` && !/\/(index|setting|titles)\.ts$/.test(p))) {
        const id = path.split('/').at(-1)?.slice(0, -3) ?? '';
        const entry: unknown = ((await import(join(root, path))) as { default?: unknown }).default;
        expect(entry, path).toMatchObject({ id });
        expect(tests.includes(id), `${path} has no test that names it`).toBe(true);
      }
    });
  }
});

test('nothing in the project reads the folder beside it, or carries a machine in it', () => {
  const mine = join('test', 'tidy.test.ts');
  const found = sources.filter((p) => p !== mine && /\.\.\/shared\/|\/work\/|\/tmp\/bash_jobs/.test(text(p)));
  expect(found).toEqual([]);
});
