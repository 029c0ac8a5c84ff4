// Gathering: needs first, each kind once, at the same time, inside the budget; world errors become reasons, bugs do not.
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../lib/collectors/collector.ts';
import { notHad } from '../../lib/collectors/collector.ts';
import { got, type EvidenceKind } from '../../lib/model/evidence.ts';
import { gather, gatherCounted } from '../../lib/stages/looking/gather.ts';
import { WorldError } from '../../lib/world.ts';
import { fakeAws, now, rest, window } from '../collectors/fake-aws.ts';

const order: string[] = [];
const made = (
  kind: EvidenceKind,
  more: { needs?: readonly EvidenceKind[]; calls?: number; maxCalls?: number; fails?: unknown } = {},
): Collector => ({
  kind,
  title: kind,
  trust: 'aws',
  calls: ['lambda:GetPolicy'],
  needs: more.needs ?? [],
  round: 'suspect',
  maxCalls: more.maxCalls ?? more.calls ?? 1,
  async read(aws, input) {
    order.push(kind);
    if (more.fails !== undefined) throw more.fails;
    for (let n = 0; n < (more.calls ?? 1); n++) {
      const answer = await aws.call('lambda:GetPolicy', { FunctionName: kind });
      if (!answer.ok) return notHad(answer.error);
    }
    return got({ needs: Object.entries(input.have).map(([k, e]) => `${k} ${e.state}`) } as never, window, 'aws');
  },
});
const run = (collectors: readonly Collector[], kinds: readonly EvidenceKind[], budget = 60, have = {}) => {
  order.length = 0;
  const aws = fakeAws({ 'lambda:GetPolicy': {} });
  return gatherCounted({ aws: aws.aws, now: () => now }, { at: rest, window, lines: [], kinds, have, budget, collectors }).then(
    (spent) => ({ ...spent, asked: aws.asked.length }),
  );
};

describe('gather', () => {
  it('fetches what others need first, each kind once', async () => {
    const { gathered } = await run(
      [
        made('functionLog', { needs: ['deployedApi', 'functionConfig'] }),
        made('functionConfig', { needs: ['deployedApi'] }),
        made('deployedApi'),
      ],
      ['functionLog', 'functionConfig', 'functionLog'],
    );
    expect(order).toEqual(['deployedApi', 'functionConfig', 'functionLog']);
    expect(gathered.functionLog).toMatchObject({ value: { needs: ['deployedApi got', 'functionConfig got'] } });
  });
  it('does not ask again for what is there', async () => {
    await run([made('functionConfig', { needs: ['deployedApi'] }), made('deployedApi')], ['functionConfig'], 60, {
      deployedApi: got({} as never, window, 'aws'),
    });
    expect(order).toEqual(['functionConfig']);
  });
  it('keeps to the budget by what is really spent, not by the highest price', async () => {
    const { asked, calls, gathered } = await run(
      [
        made('functionConfig', { calls: 2, maxCalls: 9 }),
        made('functionPolicy', { calls: 2, maxCalls: 9 }),
        made('stackEvents', { calls: 2, maxCalls: 9 }),
      ],
      ['functionConfig', 'functionPolicy', 'stackEvents'],
      10,
    );
    expect(calls).toBe(6);
    expect(asked).toBe(6);
    expect(Object.values(gathered).every((e) => e?.state === 'got')).toBe(true);
  });
  it('says over budget, and makes no call more', async () => {
    const { asked, gathered } = await run(
      [made('functionConfig', { calls: 3 }), made('functionPolicy', { calls: 3 })],
      ['functionConfig', 'functionPolicy'],
      4,
    );
    expect(asked).toBe(4);
    expect(
      Object.values(gathered)
        .map((e) => (e?.state === 'missing' ? e.why : 'got'))
        .sort(),
    ).toEqual(['got', 'overBudget']);
  });
  it.each([
    ['throttled', 'throttled'],
    ['denied', 'denied'],
    ['gone', 'gone'],
    ['down', 'down'],
    ['conflict', 'down'],
  ] as const)('turns a world error %s into a reason', async (kind, why) => {
    const { gathered } = await run(
      [made('changeTrail', { fails: new WorldError(kind, 'x:Y', 'no') }), made('deployedApi')],
      ['changeTrail', 'deployedApi'],
    );
    expect(gathered.changeTrail).toMatchObject({ state: 'missing', why });
    expect(gathered.deployedApi).toMatchObject({ state: 'got' });
  });
  it('reads what acts on the API only where the owner lists what may be tried', async () => {
    const probing: Collector = { ...made('endpointProbe'), title: 'A probe', optIn: 'hosts' };
    const { gathered, asked } = await run([probing], ['endpointProbe']);
    expect(asked).toBe(0);
    expect(gathered.endpointProbe).toMatchObject({ why: 'notEnabled', detail: expect.stringContaining('probes.hosts') });
    const aws = fakeAws({ 'lambda:GetPolicy': {} });
    const world = { aws: aws.aws, now: () => now, installation: { probes: { hosts: ['example.com'], methods: [] } } };
    const spent = await gatherCounted(world, { at: rest, window, lines: [], kinds: ['endpointProbe'], budget: 5, collectors: [probing] });
    expect(spent).toMatchObject({ calls: 1, gathered: { endpointProbe: { state: 'got' } } });
  });
  it('lets a bug through', async () => {
    await expect(run([made('changeTrail', { fails: new Error('bug') })], ['changeTrail'])).rejects.toThrow('bug');
  });
  it('answers plain evidence to those who do not count', async () => {
    const { aws } = fakeAws({ 'lambda:GetPolicy': {} });
    expect(
      await gather(
        { aws, now: () => now },
        { at: rest, window, lines: [], kinds: ['deployedApi'], budget: 5, collectors: [made('deployedApi')] },
      ),
    ).toMatchObject({ deployedApi: { state: 'got' } });
  });
});
