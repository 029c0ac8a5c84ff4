// A look at a live account, saved and read back, comes to the same diagnosis: for every breakage of the sandbox, with logs and without.
import { describe, expect, it } from 'vitest';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { awsClient } from '../../lib/aws/client.ts';
import { readCase, recorded, writeCase, type SavedCase } from '../../lib/aws/recorded.ts';
import { breakages } from '../../lib/demo/breakages/index.ts';
import { backendHost } from '../../lib/demo/http-stage.ts';
import { duties } from '../../lib/duties.ts';
import { defaults } from '../../lib/model/installation.ts';
import { examine } from '../../lib/stages/looking/examine.ts';
import { brokenShop } from '../stages/broken-shop.ts';

const minute = 60_000;
const declared = duties.find((d) => d.id === 'investigate')?.calls({ fixes: [] }) ?? [];

async function lookLive(id: string, logs: boolean) {
  const broken = await brokenShop(id, { logs });
  await broken.clock.runUntil(broken.firstFailureAt + 3 * minute);
  const calls: SavedCase['calls'][number][] = [];
  const witnessed: Aws<CallName>['call'] = async (name, input) => {
    const answer = await broken.aws.call(name, input);
    calls.push({ name, input, answer });
    return answer;
  };
  const now = broken.clock.now();
  const { at, firstFailureAt } = broken;
  const what = { at, window: { from: firstFailureAt - 10 * minute, to: now }, lines: [], firstFailureAt, lastFailureAt: firstFailureAt };
  const probes = { hosts: [backendHost], methods: [] };
  const { diagnosis } = await broken.within(() =>
    examine({ aws: { call: witnessed }, now: () => now, installation: { probes } }, { ...what, budget: defaults.callBudget }),
  );
  return { diagnosis, text: writeCase({ id, now, ...what, probes, calls }) };
}

async function lookBack(text: string) {
  const read = readCase(text);
  if (!read.ok) throw new Error(read.error);
  const { attempt, now, probes, ...what } = recorded(read.value);
  const aws = awsClient({ attempt, declared, random: () => 0, clock: { now: () => now, sleep: () => Promise.resolve() } });
  return (await examine({ aws, now: () => now, installation: { probes } }, { ...what, budget: defaults.callBudget })).diagnosis;
}

describe.each(breakages.map((b) => b.id))('%s', (id) => {
  it.each([
    ['with logs', true],
    ['without logs', false],
  ])('%s', async (_, logs) => {
    const { diagnosis, text } = await lookLive(id, logs);
    expect(await lookBack(text)).toEqual(diagnosis);
  });
});
