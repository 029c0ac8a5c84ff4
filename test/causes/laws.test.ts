// Laws over every cause: ids, sources, and that no verdict is confirmed from what a caller could forge.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causes } from '../../lib/causes/index.ts';
import { indexOf, titlesOf } from '../../scripts/catalogue.ts';
import type { EvidenceKind, Gathered } from '../../lib/model/evidence.ts';
import { seen } from '../../lib/stages/looking/diagnose.ts';
import { at, evidence, lacks, line, log, now } from './evidence.ts';

const files = readdirSync(new URL('../../lib/causes/', import.meta.url)).filter(
  (f) => f.endsWith('.ts') && f !== 'index.ts' && f !== 'titles.ts',
);

it('names each file after its id, and has a fresh index', () => {
  expect(files.map((f) => f.replace('.ts', '')).sort()).toEqual(causes.map((c) => c.id).sort());
  expect(indexOf('causes')).toContain(files[0]);
  expect(titlesOf(causes)).toBe(readFileSync(new URL('../../lib/causes/titles.ts', import.meta.url), 'utf8'));
});

const forgeable: readonly EvidenceKind[] = ['executionLog', 'accessLog', 'functionLog'];
/** Every line any cause asks for, and nothing else: what a caller could have forged. */
const onlyForged = (): Gathered => {
  const said = [
    'Execution failed due to configuration error: Invalid permissions on Lambda function',
    'Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders:live',
    'Malformed Lambda proxy response',
    'Execution failed due to a timeout error',
    'Task timed out after 3.00 seconds',
    'Rate Exceeded',
    'TypeError: x',
    'INIT_REPORT Init Duration: 10008 ms Phase: init Status: timeout',
  ];
  const all = log(...said.flatMap((text) => (['execution', 'access', 'function'] as const).map((kind) => line(kind, text))));
  const nothing = Object.keys(evidence()).map((kind) => [kind, forgeable.includes(kind as EvidenceKind) ? all : lacks('denied')] as const);
  return Object.fromEntries(nothing);
};

describe.each(causes.map((c) => [c.id, c] as const))('%s', (id, c) => {
  it('names the source of each clue', () => {
    expect(c.clues.length).toBeGreaterThan(0);
    for (const clue of c.clues) expect(clue.source).toMatch(/\.md\b/);
    expect(c.title).not.toBe('');
  });
  it('looks at what its shapes look at', () => {
    for (const clue of c.clues) if (clue.kind === 'shape') expect(c.looksAt).toContain(clue.in);
  });
  it('never confirms from what a caller could forge', () => {
    expect(c.confirm(seen(c, onlyForged()), at).is).not.toBe('confirmed');
  });
  it('never calls emptiness healed', () => {
    const nothing = Object.fromEntries(Object.keys(evidence()).map((kind) => [kind, lacks('empty')]));
    const facts = {
      functions: [],
      authorizers: [],
      routes: [],
      ref: { accountId: '1', region: 'r', name: 'f' },
      timeoutMs: 29_000,
      peakConcurrency: 1,
    };
    expect(c.healed(seen(c, nothing), at, now, facts as never).is).toBe('tooEarly');
  });
  it('keeps no place between two lines', () => {
    for (const clue of c.clues) if (clue.kind === 'line') expect(clue.line.flags).not.toMatch(/[gy]/);
  });
  it('advises without facts', () => {
    expect(c.advice(undefined, at).steps.length).toBeGreaterThan(0);
    expect(c.explains ?? []).not.toContain(id);
  });
});
