// The documents say what the code says: the written ones are fresh, every link and path leads somewhere, the state table is the machine's,
// and the access-log formats we ask for are ones we can read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { causes } from '../lib/causes/index.ts';
import { fixes } from '../lib/fixes/index.ts';
import { guards } from '../lib/guards/index.ts';
import type { StageRef } from '../lib/model/api.ts';
import { table as journal } from '../lib/journal/table.ts';
import { standAlone } from '../lib/stack/stand-alone.ts';
import { incidentMachine } from '../lib/stack/names.ts';
import { AccessLines } from '../lib/signals/access-lines.ts';
import { nexts } from '../lib/stages/stage.ts';
import { accessLogFormat } from '../lib/command/access-log-format.ts';
import { written } from '../scripts/docs.ts';
import { stubBundles, synthesise } from './stack/synth.ts';

const stack = synthesise();
const root = fileURLToPath(new URL('..', import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
];

test.for(Object.entries(written))('docs/%s is fresh', async ([file, now]) => {
  expect(text(`docs/${file}`), 'run `npm run catalogue`').toBe(await now());
});

test('every cause, fix and guard stands in its document', () => {
  const [inCauses, inFixes] = [text('docs/causes.md'), text('docs/fixes.md')];
  for (const { id } of causes) expect(inCauses).toContain(`\n## ${id}\n`);
  for (const fix of fixes) {
    expect(inFixes).toContain(`\n## ${fix.id}\n`);
    for (const id of Object.keys(fix.objections ?? {})) expect(inFixes).toContain(`- \`${id}\`: `);
  }
  for (const guard of guards) expect(inFixes.slice(inFixes.indexOf('\n## Guards\n'))).toContain(`| \`${guard.id}\` | ${guard.title} |`);
});

/** A heading's anchor as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
const anchorsOf = (path: string): readonly string[] => [...text(path).matchAll(/^#{1,6} (.+)$/gm)].map((m) => anchor(m[1] ?? ''));

test.for(documents)('every link of %s leads somewhere', (path) => {
  const links = [...text(path).matchAll(/\]\(([^)\s]+)\)/g)].map((m) => m[1] ?? '').filter((link) => !/^https?:/.test(link));
  for (const link of links) {
    const [file = '', part] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    expect(existsSync(join(root, target)), `${path} links to ${link}`).toBe(true);
    if (part !== undefined) expect(anchorsOf(target), `${path} links to ${link}`).toContain(part);
  }
});

describe('docs/architecture.md', () => {
  const guide = text('docs/architecture.md');
  test('every path it names is there', () => {
    const paths = [...guide.matchAll(/`((?:bin|docs|functions|lib|scripts|test)\/[\w./*<>-]*)`/g)].map((m) => m[1] ?? '');
    expect(paths.length).toBeGreaterThan(30);
    const gone = paths.filter((p) => !p.includes('<') && !existsSync(join(root, p.replace(/\*.*$/, ''))));
    expect(gone).toEqual([]);
  });
  interface Definition {
    readonly States: Readonly<Record<string, { readonly Choices?: readonly { readonly StringEquals?: string; readonly Next: string }[] }>>;
  }
  const machine = stack.resolved.machines.find((m) => m.name === incidentMachine)?.definition as Definition | undefined;
  test('its table holds every state of the incident machine, and no other', () => {
    const rows = [...guide.matchAll(/^\| ([A-Z][\w ]+?) \| (?:Task|Choice|Wait|Pass)\b/gm)].map((m) => m[1] ?? '');
    // two small choices and the two ends are told in the column "then"
    expect([...rows, 'Investigated', 'Closed', 'Done', 'Failed'].toSorted()).toEqual(Object.keys(machine?.States ?? {}).toSorted());
  });
  test('Route goes where the table says', () => {
    const row = guide.split('\n').find((line) => line.startsWith('| Route |')) ?? '';
    const told = [...row.matchAll(/`([a-z-]+)` → ([A-Z][a-z ]*[a-z])/g)].map(([, next, state]) => `${next} → ${state}`);
    const ways = (machine?.States['Route']?.Choices ?? []).map((c) => `${c.StringEquals} → ${c.Next}`);
    expect(told.toSorted()).toEqual(ways.toSorted());
    expect(new Set(ways.map((way) => way.split(' ')[0]))).toEqual(new Set(nexts));
  });
  test('it tells the journal’s steps as the table has them', () => {
    for (const [step, next] of Object.entries(journal).filter(([, after]) => after.length > 0))
      expect(guide).toContain(`| ${step} | ${next.join(', ')} |`);
  });
});

describe('README.md', () => {
  const readme = text('README.md');
  test('the outputs it names are the stack’s', () => {
    const named = [...readme.matchAll(/`(Gatemedic[A-Z]\w+)`/g)].map((m) => m[1] ?? '');
    expect(named.length).toBeGreaterThan(2);
    expect(Object.keys(stack.json['Outputs'] ?? {})).toEqual(expect.arrayContaining(named));
  });
  test('the alarm it sets off is the one of its own example', () => {
    const example = /"gatemedic": (\{[^]*?\n {7}\})/.exec(readme)?.[1] ?? '';
    const context = JSON.parse(example) as object;
    const app = new App({ context: { gatemedic: context } });
    const alarms = Template.fromStack(standAlone(app, { code: stubBundles() }).stack).findResources('AWS::CloudWatch::Alarm');
    const names = Object.values(alarms).map((alarm) => (alarm as { Properties: { AlarmName: string } }).Properties.AlarmName);
    expect(names).toContain(/--alarm-name (\S+)/.exec(readme)?.[1]);
  });
  test('every setting it lists is one', () => {
    const rows = [...readme.matchAll(/^\| ((?:`\w+` ?)+) \|/gm)].flatMap((m) =>
      [...(m[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key),
    );
    expect(rows.length).toBeGreaterThan(15);
    const props = text('lib/stack/props.ts');
    expect(rows.filter((key) => !new RegExp(`readonly ${key}\\??:`).test(props))).toEqual([]);
  });
});

describe('the access-log formats we ask for', () => {
  const place = { accountId: '111122223333', region: 'us-east-1' };
  const stages: Readonly<Record<'REST' | 'HTTP', StageRef>> = {
    REST: { ...place, apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' },
    HTTP: { ...place, apiType: 'HTTP', apiId: 'f6g7h8i9j0', stage: '$default' },
  };
  const line = (format: string, at: StageRef): string =>
    format.replaceAll(
      /\$context\.([\w.]+)/g,
      (_, name: string) =>
        ({ apiId: at.apiId, stage: at.stage, status: '502', requestId: 'r-1', resourcePath: '/orders', routeKey: 'GET /orders' })[name] ??
        '-',
    );
  test.for(['REST', 'HTTP'] as const)('%s: one JSON object, read as a failure of its stage with the format known or not', (apiType) => {
    const [format, at] = [accessLogFormat(apiType), stages[apiType]];
    const message = line(format, at);
    expect(JSON.parse(message)).toMatchObject({ status: '502', apiId: at.apiId });
    for (const source of [{ at, kind: 'access' as const, format }, undefined]) {
      const lines = new AccessLines(source);
      lines.take({ id: '1', timestamp: 1, message });
      expect([...lines.stages.values()].map((s) => s.subject)).toEqual([{ by: 'stage', apiType, apiId: at.apiId, stage: at.stage }]);
    }
  });
});
