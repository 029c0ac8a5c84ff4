// The plan as a function: what settles the plainest suspect for least, what goes along, when it stops, what it never asks for.
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../lib/collectors/collector.ts';
import type { Verdict } from '../../lib/model/cause.ts';
import type { EvidenceKind, Gathered } from '../../lib/model/evidence.ts';
import { byKind } from '../../lib/stages/looking/gather.ts';
import { openIn, plan, priceOf, type PlanInput, type Standing } from '../../lib/stages/looking/plan.ts';
import { lacks } from '../causes/evidence.ts';

const reads = (kind: EvidenceKind, maxCalls: number, more: Partial<Collector> = {}): Collector => ({
  kind,
  title: kind,
  trust: 'aws',
  calls: ['lambda:GetPolicy'],
  needs: [],
  round: 'suspect',
  maxCalls,
  read: async () => lacks(),
  ...more,
});
const known = byKind([
  reads('deployedApi', 1),
  reads('functionConfig', 2, { needs: ['deployedApi'] }),
  reads('functionPolicy', 2, { needs: ['deployedApi'] }),
  reads('functionMetrics', 1),
  reads('functionLog', 10),
  reads('changeTrail', 4, { delayMs: 5000 }),
  reads('endpointProbe', 1, { optIn: 'hosts' }),
]);
const unproven: Verdict = { is: 'unproven', missing: [] };
const confirmed = (explains?: number): Verdict => ({
  is: 'confirmed',
  facts: {},
  by: [{ kind: 'functionPolicy', trust: 'aws', says: 'x' }],
  ...(explains === undefined ? {} : { explains }),
});
const suspect = (
  id: string,
  looksAt: readonly EvidenceKind[],
  more: { strength?: number; verdict?: Verdict; explains?: string[] } = {},
): Standing => ({
  cause: { id, looksAt, ...(more.explains ? { explains: more.explains } : {}) },
  strength: more.strength ?? 0,
  verdict: more.verdict ?? unproven,
});
const next = (standing: readonly Standing[], more: Partial<PlanInput> = {}) => plan({ standing, gathered: {}, known, ...more });
const had = (...kinds: readonly EvidenceKind[]): Gathered => Object.fromEntries(kinds.map((kind) => [kind, lacks()]));

describe('what comes next', () => {
  it('settles the plainest suspect, and takes along what costs no more', () => {
    const standing = [
      suspect('a', ['functionMetrics', 'functionLog']),
      suspect('b', ['functionConfig', 'functionPolicy'], { strength: 2 }),
    ];
    expect(next(standing)).toEqual(['deployedApi', 'functionMetrics', 'functionConfig', 'functionPolicy']);
  });
  it('settles the cheaper of two equally plain ones first', () => {
    const standing = [suspect('a', ['functionLog']), suspect('b', ['functionConfig'])];
    expect(next(standing)).toEqual(['deployedApi', 'functionConfig']);
    expect(next(standing, { gathered: had('deployedApi', 'functionConfig') })).toEqual(['functionLog']);
  });
  it('counts money and waiting as calls', () => {
    expect(priceOf({ maxCalls: 2, dollars: 0.01, delayMs: 3000 })).toBe(15);
    expect(next([suspect('a', ['changeTrail']), suspect('b', ['functionPolicy'])], { gathered: had('deployedApi') })).toEqual([
      'functionPolicy',
    ]);
  });
  it('asks for what a kind needs before the kind, and for nothing twice', () => {
    expect(next([suspect('a', ['functionConfig'])])).toEqual(['deployedApi', 'functionConfig']);
    expect(next([suspect('a', ['functionConfig'])], { gathered: had('deployedApi', 'functionConfig') })).toEqual([]);
  });
  it('never asks for what acts on the API, but by the owner’s word', () => {
    const standing = [suspect('a', ['endpointProbe'])];
    expect(next(standing)).toEqual([]);
    expect(next(standing, { probes: { hosts: [], methods: ['GET /'] } })).toEqual([]);
    expect(next(standing, { probes: { hosts: ['example.com'], methods: [] } })).toEqual(['endpointProbe']);
  });
  it('leaves alone what nobody collects', () => {
    expect(next([suspect('a', ['backendLog'])])).toEqual([]);
  });
});

describe('when it stops', () => {
  const root = suspect('root', [], { verdict: confirmed(100), explains: ['follows'] });
  const ids = (standing: readonly Standing[], failures?: number) => openIn({ standing, failures }).map((s) => s.cause.id);
  it('has nothing to ask when nobody is open', () => {
    expect(next([root, suspect('b', ['functionLog'], { verdict: { is: 'ruledOut', by: [] } })])).toEqual([]);
  });
  it('leaves the consequences of a confirmed root', () => {
    expect(ids([root, suspect('follows', ['functionLog'])])).toEqual([]);
  });
  it('leaves the rest once a root accounts for the failures', () => {
    const other = suspect('other', ['functionLog']);
    expect(ids([root, other], 105)).toEqual([]);
    expect(ids([root, other], 200)).toEqual(['other']);
    expect(ids([root, other])).toEqual(['other']);
  });
  it('looks on for what could overrule the root, and at what a line names', () => {
    expect(ids([root, suspect('deeper', ['functionLog'], { explains: ['root'] })], 100)).toEqual(['deeper']);
    expect(ids([root, suspect('said', ['functionLog'], { strength: 2 })], 100)).toEqual(['said']);
  });
  it('counts the failures of roots, not of their consequences', () => {
    const half = suspect('half', [], { verdict: confirmed(50), explains: ['same'] });
    const same = suspect('same', [], { verdict: confirmed(50) });
    expect(ids([half, same, suspect('other', ['functionLog'])], 100)).toEqual(['other']);
  });
});

const kinds = ['functionConfig', 'functionPolicy', 'functionMetrics', 'functionLog', 'changeTrail'] as const;
const anySuspect = fc
  .record({
    n: fc.integer({ min: 0, max: 20 }),
    looksAt: fc.uniqueArray(fc.constantFrom(...kinds)),
    strength: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ n, looksAt, strength }) => suspect(`s${n}`, looksAt, { strength }));
prop.prop([fc.uniqueArray(anySuspect, { selector: (s) => s.cause.id, maxLength: 8 }), fc.integer()])(
  'does not depend on order, and ends',
  (list, seed) => {
    const cut = Math.abs(seed) % (list.length + 1);
    const shuffled = [...list.slice(cut), ...list.slice(0, cut)].toReversed();
    let gathered: Gathered = {};
    for (let round = 0; round < 10; round++) {
      const asked = next(list, { gathered });
      expect(next(shuffled, { gathered })).toEqual(asked);
      expect(asked.filter((kind) => kind in gathered)).toEqual([]);
      if (asked.length === 0) return;
      gathered = { ...gathered, ...had(...asked) };
    }
    expect.unreachable('more rounds than kinds');
  },
);
