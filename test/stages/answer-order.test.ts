// Orders by the command line: who it was is asked of STS, with the very request the person signed. Everything hostile ends in a sentence, and
// nothing is written.
import { beforeEach, describe, expect, test } from 'vitest';
import { bound, orderHeader, type Order } from '../../lib/model/order.ts';
import { presigned } from '../../lib/live/presign.ts';
import answer, { type Answered } from '../../lib/stages/answer.ts';
import type { CommandClick } from '../../lib/stages/stage.ts';
import tell from '../../lib/stages/tell.ts';
import { rows } from '../../lib/store/rows.ts';
import { WorldError } from '../../lib/world.ts';
import { asking, base, changeAt, fixed, hour, installation, minute, plan, question, t0 } from '../messages/incidents.ts';
import { approverArns, ordered, people } from './people.ts';
import { tellingWorld } from './telling-world.ts';

type W = ReturnType<typeof tellingWorld>;
const settings = { ...installation, approverArns };
const press = (w: W, c: CommandClick, more: Partial<W['world']> = {}) =>
  answer.run({ ...w.world, installation: settings, ...more }, c) as Promise<Answered>;

let w: W;
beforeEach(async () => {
  w = tellingWorld();
  await w.have(asking);
  await tell.run(w.world, { incidentId: base.id, taskToken: 'token-1' });
});

const order = (more: Partial<Order> = {}): Order => ({
  act: 'approve',
  incidentId: base.id,
  about: question.id,
  hash: plan.hash,
  at: Math.floor(w.clock.at / 1000) * 1000,
  ...more,
});

describe('a good order', () => {
  test.each([
    ['a session of Identity Center', people.ada, 'ada@example.com'],
    ['a user with long-lived keys', people.dan, 'dan'],
  ])('%s: decided, recorded by ARN, told without a mention, the machine woken', async (_, who, name) => {
    expect(await press(w, await ordered(who, order()))).toEqual({
      did: 'approved',
      says: 'Approved: after a last look it is carried out, and proven then.',
    });
    const { question: q, notes } = await w.incident();
    expect(q).toMatchObject({ state: 'approved', by: { kind: 'person', id: who.arn, name }, decidedAt: order().at });
    expect(notes.at(-1)?.says).toContain(`"${name}" ("${who.arn.split(':').at(-1) ?? ''}", by the command line) approved: `);
    expect(w.woken).toEqual(['token-1']);
    const card = JSON.stringify(w.slack.messages[0]?.blocks);
    expect(card).toContain(`Approved by \`${who.arn.split(':').at(-1) ?? ''}\``);
    expect(card).not.toContain('<@arn');
    expect(w.slack.whispers).toEqual([]);
    expect(w.logged.find((l) => l.event === 'click')?.fields).toMatchObject({ origin: 'command', userId: who.arn, did: 'approved' });
  });

  test('handed over twice it is one decision', async () => {
    const one = await ordered(people.ada, order());
    await press(w, one);
    expect(await press(w, one)).toMatchObject({ did: 'approved' });
    expect((await w.incident()).notes.filter((n) => n.key === 'answer:q81c')).toHaveLength(1);
  });

  test('a later one of somebody else is told, without Slack’s markup', async () => {
    await press(w, await ordered(people.ada, order()));
    w.clock.at += 2000;
    const { did, says } = await press(w, await ordered(people.bob, order()));
    expect(did).toBe('nothing');
    expect(says).toMatch(
      /^It was already approved by `assumed-role\/AWSReservedSSO_\S+\/ada@example\.com` at \d\d:\d\d:\d\d UTC; nothing was changed\.$/,
    );
  });

  test('dismiss; and Slack’s people and these answer the same question', async () => {
    expect(await press(w, await ordered(people.dan, order({ act: 'dismiss' })))).toMatchObject({ did: 'dismissed' });
    expect(await answer.run(w.world, w.click())).toMatchObject({ did: 'nothing' });
  });

  test('an undo names who wanted it', async () => {
    const made = tellingWorld(t0 + 10 * minute);
    await made.have(fixed, changeAt('verified', { undoUntilAt: t0 + 24 * hour }));
    const at = made.clock.at;
    expect(
      await press(made, await ordered(people.ada, { act: 'undo', incidentId: base.id, about: 'chg-1', hash: plan.hash, at })),
    ).toMatchObject({
      did: 'undo',
    });
    expect([...made.undos.values()]).toEqual([
      { name: 'undo-chg-1', changeId: 'chg-1', why: 'person', by: { id: people.ada.arn, name: 'ada@example.com' } },
    ]);
  });

  test('a stuck change is settled, and none other', async () => {
    const made = tellingWorld(t0 + 10 * minute);
    await made.have(fixed, changeAt('stuck'));
    const settle = { act: 'settle', incidentId: base.id, about: 'chg-1', hash: plan.hash, at: made.clock.at } as const;
    expect(await press(made, await ordered(people.ada, settle))).toMatchObject({ did: 'settled' });
    expect((await rows.change.get(made.store, 'chg-1'))?.value).toMatchObject({
      step: 'settled',
      entries: expect.arrayContaining([
        expect.objectContaining({ step: 'settled', by: { kind: 'person', id: people.ada.arn, name: 'ada@example.com' } }),
      ]) as unknown,
    });
  });
});

describe('two people', () => {
  beforeEach(() => w.patch((i) => ({ ...i, question: { ...question, needs: 2 } })));

  test('two sessions that Identity Center made are two', async () => {
    expect((await press(w, await ordered(people.ada, order()))).says).toMatch(/first of two/);
    expect((await w.incident()).question?.state).toBe('pending');
    w.clock.at += 1000;
    expect(await press(w, await ordered(people.bob, order()))).toMatchObject({ did: 'approved' });
    expect((await w.incident()).question?.state).toBe('approved');
  });
  test('one of Slack, one of the command line are two', async () => {
    await answer.run(w.world, w.click());
    expect(await press(w, await ordered(people.ada, order()))).toMatchObject({ did: 'approved' });
    expect((await w.incident()).question?.state).toBe('approved');
  });
  test('two sessions of one role, which anybody names as they like, are one', async () => {
    await press(w, await ordered(people.carol, order()));
    w.clock.at += 1000;
    const { did, says } = await press(w, await ordered(people.carolToo, order()));
    expect([did, says]).toEqual(['nothing', expect.stringMatching(/2 different people, and two sessions of one role are one/)]);
    expect((await w.incident()).question?.state).toBe('pending');
  });
});

describe('hostile orders: a sentence, and nothing written', () => {
  const proofWith = async (change: (url: URL) => void): Promise<CommandClick> => {
    const good = await ordered(people.ada, order());
    const url = new URL(good.proof);
    change(url);
    return { ...good, proof: url.toString() };
  };
  const other = (more: Partial<Order>) => async (): Promise<CommandClick> => ({ ...(await ordered(people.ada, order())), ...more });
  test.each<[string, () => Promise<CommandClick>, RegExp]>([
    [
      'another act of the same token',
      other({ act: 'dismiss' }),
      /STS does not say that you signed this very order \(SignatureDoesNotMatch/,
    ],
    ['another question', other({ about: 'q-other' }), /SignatureDoesNotMatch/],
    ['other changes', other({ hash: 'f'.repeat(64) }), /SignatureDoesNotMatch/],
    ['another incident', other({ incidentId: 'inc-other' }), /SignatureDoesNotMatch/],
    [
      'a younger time than was signed',
      async () => ({ ...(await ordered(people.ada, order({ at: w.clock.at - 60_000 }))), at: order().at }),
      /SignatureDoesNotMatch/,
    ],
    [
      'an order for another installation',
      async () => ordered(people.ada, order(), { accountId: '222233334444', region: 'us-east-1' }),
      /SignatureDoesNotMatch/,
    ],
    [
      'a proof of another Region',
      async () => ordered(people.ada, order(), { accountId: '111122223333', region: 'eu-west-1' }),
      /leads to "sts\.eu-west-1\.amazonaws\.com"; it must be a request to https:\/\/sts\.us-east-1/,
    ],
    ['another secret', async () => ordered({ ...people.ada, secretAccessKey: 'guessed' }, order()), /SignatureDoesNotMatch/],
    ['keys nobody knows', async () => ordered({ ...people.ada, accessKeyId: 'ASIA9999999999999999' }, order()), /InvalidClientTokenId/],
    [
      'a principal that is not listed',
      async () => ordered(people.eve, order()),
      /You are `assumed-role\/readers\/eve`, which approverArns does not list/,
    ],
    [
      'the same name in another account',
      async () => ordered(people.stranger, order()),
      /of account 999988887777; this installation is of account 111122223333/,
    ],
    ['too old', async () => ordered(people.ada, order({ at: order().at - 6 * minute })), /too old/],
    ['ahead of the clock', async () => ordered(people.ada, order({ at: order().at + 5 * minute })), /ahead of the clock/],
    [
      'another host',
      () => proofWith((url) => (url.hostname = 'sts.us-east-1.amazonaws.com.evil.example')),
      /leads to "sts\.us-east-1\.amazonaws\.com\.evil\.example"/,
    ],
    ['the global endpoint', () => proofWith((url) => (url.hostname = 'sts.amazonaws.com')), /leads to "sts\.amazonaws\.com"/],
    ['a port', () => proofWith((url) => (url.port = '8443')), /leads to "sts\.us-east-1\.amazonaws\.com:8443"/],
    ['a user in the address', () => proofWith((url) => (url.username = 'sts')), /leads to/],
    ['no TLS', () => proofWith((url) => (url.protocol = 'http:')), /leads to/],
    ['a path', () => proofWith((url) => (url.pathname = '/x')), /leads to/],
    [
      'no address at all',
      async () => ({ ...(await ordered(people.ada, order())), proof: 'arn:aws:sts::111122223333:assumed-role/oncall/ada' }),
      /leads to "arn:aws/,
    ],
    ['another call', () => proofWith((url) => url.searchParams.set('Action', 'GetSessionToken')), /has Action "GetSessionToken"/],
    ['another call beside it', () => proofWith((url) => url.searchParams.append('Action', 'AssumeRole')), /holds Action twice/],
    ['a parameter more', () => proofWith((url) => url.searchParams.set('RoleArn', 'x')), /holds "RoleArn"/],
    [
      'the header not signed',
      () => proofWith((url) => url.searchParams.set('X-Amz-SignedHeaders', 'host')),
      /has X-Amz-SignedHeaders "host"/,
    ],
    [
      'another header signed',
      () => proofWith((url) => url.searchParams.set('X-Amz-SignedHeaders', 'host;x-k8s-aws-id')),
      /has X-Amz-SignedHeaders "host;x-k8s-aws-id"/,
    ],
    ['for a week', () => proofWith((url) => url.searchParams.set('X-Amz-Expires', '604800')), /has X-Amz-Expires "604800"/],
    [
      'signed an hour ago',
      () => proofWith((url) => url.searchParams.set('X-Amz-Date', '20260504T021302Z')),
      /was signed at 20260504T021302Z/,
    ],
    ['no signature', () => proofWith((url) => url.searchParams.delete('X-Amz-Signature')), /has no X-Amz-Signature/],
    [
      'megabytes',
      async () => ({ ...(await ordered(people.ada, order())), proof: `https://sts.us-east-1.amazonaws.com/?${'x'.repeat(10_000)}` }),
      /is 100\d\d characters long/,
    ],
  ])('%s', async (_, made, says) => {
    const version = (await rows.incident.get(w.store, base.id))?.version;
    const answered = await press(w, await made());
    expect(answered).toMatchObject({ did: 'nothing', says: expect.stringMatching(says) as string });
    expect(answered.says).toMatch(/Nothing was changed\.$/);
    expect((await rows.incident.get(w.store, base.id))?.version).toBe(version);
    expect([w.woken, w.undos.size, w.slack.whispers]).toEqual([[], 0, []]);
  });

  test('nothing but STS is ever asked: what is odd is refused before', async () => {
    let asked = 0;
    const identity = { callerOf: async () => Promise.reject(new Error(`asked ${++asked} times`)) };
    await press(w, await proofWith((url) => (url.hostname = 'evil.example')), { identity });
    expect(asked).toBe(0);
  });
  test('a token of Kubernetes’ or Vault’s, with a header of theirs, is none of ours', async () => {
    const proof = await presigned('us-east-1', people.ada, 'x', w.clock.at);
    expect(proof).toContain(encodeURIComponent(`host;${orderHeader}`));
    expect((await press(w, { origin: 'command', ...order(), proof: proof.replaceAll(orderHeader, 'x-k8s-aws-id') })).says).toMatch(
      /X-Amz-SignedHeaders/,
    );
  });
  test('nobody is listed: the sentence says what to set', async () => {
    const { says } = await press(w, await ordered(people.ada, order()), { installation: { ...installation } });
    expect(says).toMatch(/set approverArns to ARNs of IAM principals, such as `assumed-role\/\S+`, and deploy/);
  });
  test('STS away: nothing is guessed', async () => {
    const identity = { callerOf: async () => Promise.reject(new WorldError('down', 'sts:GetCallerIdentity', 'x')) };
    expect(await press(w, await ordered(people.ada, order()), { identity })).toMatchObject({
      did: 'nothing',
      says: expect.stringContaining('could not be asked') as string,
    });
  });
});

describe('what it is about', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['closed', () => w.patch((i) => ({ ...i, phase: 'closed' })), /closed/],
    ['expired', async () => w.patch((i) => ({ ...i, question: { ...question, expiresAt: t0 } })), /expired/],
    ['replaced', async () => w.patch((i) => ({ ...i, question: { ...question, id: 'q-new' } })), /replaced by a newer one/],
    [
      'a stage that is not watched any more',
      async () => w.patch((i) => ({ ...i, at: { ...i.at, stage: 'old' } })),
      /`a1b2c3d4e5\/old` is not in the settings any more/,
    ],
    [
      'a stage of another account',
      async () => w.patch((i) => ({ ...i, at: { ...i.at, accountId: '999988887777' } })),
      /in account 999988887777/,
    ],
  ])('%s', async (_, before, says) => {
    await before();
    expect(await press(w, await ordered(people.ada, order()))).toMatchObject({
      did: 'nothing',
      says: expect.stringMatching(says) as string,
    });
    expect(w.woken).toEqual([]);
  });
  test('an unknown incident', async () => {
    expect((await press(w, await ordered(people.ada, order({ incidentId: 'inc-none' })))).says).toMatch(/no longer kept/);
  });
});

test('what is signed names the installation and every word of the order', () => {
  expect(bound(order(), installation)).toBe(
    `gatemedic-1;111122223333;us-east-1;approve;${base.id};${question.id};${plan.hash};${order().at}`,
  );
});
