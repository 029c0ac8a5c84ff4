// The whole way on MiniStack, over the wire, with the deployed bundles: a permission is broken, real events come in, real signed buttons are
// pressed, and what the services hold is asserted on: policies, table, executions, the topic, Slack.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  alarmChanged,
  changes,
  executions,
  filters,
  incidents,
  invoke,
  invoked,
  listen,
  openFilters,
  putSecret,
  until,
} from './account.ts';
import { lend, warmOf } from './leased.ts';
import { deploy, place, remove, rewritten, takenOut, templates, type Template } from './deploy.ts';
import { failingLines, grant, history, makePatient, minuteOf, revoke, statements, type Patient } from './patient.ts';
import { appId, button, channel, press, signingSecret, startSlack, teamId, type Message, type SlackServer } from './slack.ts';

const approver = 'U0APPROVER';
const stranger = 'U0STRANGER';
let slack: SlackServer;
let orders: Patient;
let carts: Patient;
let pays: Patient;
let made: ReturnType<typeof templates>;
let url: string;
let table: string;
let told: () => Promise<readonly Record<string, unknown>[]>;
let ticking: NodeJS.Timeout;

/** From the next minute on `orders` is healthy: what real metrics would say once the permission is back. */
function healthyFromNow(): void {
  const minute = 60_000;
  const next = Math.ceil(Date.now() / minute) * minute;
  let told = next;
  ticking = setInterval(() => {
    if (Date.now() < told + minute) return;
    void minuteOf(orders, told, { requests: 60, failures: 0 });
    told += minute;
  }, 1_000);
}

beforeAll(async () => {
  [slack, orders, carts, pays] = await Promise.all([
    startSlack(),
    makePatient('orders', false),
    makePatient('carts', true),
    makePatient('pays', false),
  ]);
  await grant(orders);
  const stages = [orders, carts, pays].map((p) => ({ apiType: 'REST' as const, apiId: p.apiId, apiName: p.name, stage: 'prod' }));
  made = templates(
    {
      mode: 'act',
      stages,
      functions: [orders.functionArn, carts.functionArn, pays.functionArn],
      // short, so that one is seen to expire
      questionMinutes: 2,
      approvers: [approver],
      slackChannel: channel,
      slackTeamId: teamId,
      slackAppId: appId,
      deployPrincipals: [`arn:aws:iam::${place.accountId}:*`, `arn:aws:sts::${place.accountId}:*`],
    },
    slack.url,
  );
  const outputs = await deploy(made.deployed, made.assets);
  const output = (name: string): string => Object.entries(outputs).find(([key]) => key.includes(name))?.[1] ?? `no output ${name}`;
  url = output('SlackRequestUrl');
  await putSecret(output('SlackTokenSecret'), 'xoxb-emulator');
  await putSecret(output('SlackSigningSecret'), signingSecret);
  told = await listen(output('TopicArn'));
  table = output('TableName');
});

afterAll(async () => {
  clearInterval(ticking);
  await slack.close();
});

describe('what is deployed', () => {
  test('is the synthesised template, less what is listed', () => {
    expect(takenOut).toEqual([]);
    expect(Object.keys(rewritten)).toEqual(['secretRef', 'slackApiUrl']);
    const undone = JSON.parse(JSON.stringify(made.deployed), (_key, value: unknown) => value) as Template;
    const secrets = Object.entries(undone.Resources)
      .filter(([, r]) => r.Type === 'AWS::SecretsManager::Secret')
      .map(([id]) => id);
    for (const r of Object.values(undone.Resources))
      delete (r.Properties?.['Environment'] as { Variables?: Record<string, unknown> } | undefined)?.Variables?.['GATEMEDIC_SLACK_API_URL'];
    let text = JSON.stringify(undone);
    for (const id of secrets) text = text.replaceAll(`{"Fn::GetAtt":["${id}","Arn"]}`, `{"Ref":"${id}"}`);
    expect(JSON.parse(text)).toEqual(made.synthesised);
  });

  test('the filters came with the stack', async () => {
    for (const p of [orders, carts, pays])
      expect(await filters(p.logGroup)).toEqual([
        {
          name: 'gatemedic',
          destination: expect.stringMatching(/function:gatemedic-intake:live$/),
          pattern: expect.stringContaining('?"Execution failed"'),
        },
      ]);
    for (const p of [orders, carts, pays]) await openFilters(p.logGroup);
  });
});

const opened = async (p: Patient) => (await incidents(table)).filter((i) => i.at.apiId === p.apiId);
const incidentOf = async (p: Patient) => (await opened(p))[0];
/** The card of an API's incident, once the row knows it. */
const card = async (p: Patient): Promise<Message | undefined> => {
  const ts = (await incidentOf(p))?.message?.ts;
  return (await slack.history()).find((m) => m.ts === ts);
};
const asked = (p: Patient, label: string): Promise<Message> =>
  until(`${label} on the card of ${p.name}`, 60, async () => ((await card(p).then((m) => m && button(m, label))) ? card(p) : undefined));
const mended = async (p: Patient) => (await statements(p)).find((s) => s.Sid.startsWith('gatemedic-'));
const stepOf = async (p: Patient) => (await changes(table)).find((c) => c.at.apiId === p.apiId)?.step;

describe('a permission is lost, and log lines say so', () => {
  test('one incident, one execution, one message that asks: nothing proves that a deploy did it', async () => {
    const now = Date.now();
    await history(orders, now, 3);
    await revoke(orders);
    await failingLines(orders, now - 100_000);
    await failingLines(orders, now - 90_000);
    await asked(orders, 'Approve');
    expect(await opened(orders)).toMatchObject([
      { diagnosis: { cause: 'lambda-permission-missing', certainty: 'confirmed', failing: true }, question: { state: 'pending' } },
    ]);
    expect((await executions('gatemedic-incident')).map((e) => JSON.parse(e.input))).toEqual([
      { incidentId: (await incidentOf(orders))?.id },
    ]);
    expect(await slack.history()).toHaveLength(1);
    expect(await mended(orders)).toBeUndefined();
  });

  test('a byte flipped after signing, and a person who is no approver, change nothing', async () => {
    const message = await asked(orders, 'Approve');
    expect((await press(url, message, 'Approve', approver, { flip: true })).status).toBe(401);
    expect((await press(url, message, 'Approve', stranger)).status).toBe(200);
    await until('the stranger to be told', 20, async () => (await invoked('gatemedic-answer')) >= 1);
    expect((await incidentOf(orders))?.question?.state).toBe('pending');
    expect(await mended(orders)).toBeUndefined();
  });

  test('an approver’s Approve, pressed twice, adds the permission once', async () => {
    const message = await asked(orders, 'Approve');
    const pressed = await Promise.all([press(url, message, 'Approve', approver), press(url, message, 'Approve', approver)]);
    expect(pressed.map((p) => p.status)).toEqual([200, 200]);
    const added = await until('the permission', 60, () => mended(orders));
    healthyFromNow();
    expect(added).toMatchObject({ Principal: { Service: 'apigateway.amazonaws.com' } });
    expect(JSON.stringify(added.Condition)).toContain(`:${orders.apiId}/`);
    expect((await incidentOf(orders))?.question).toMatchObject({ state: 'approved', by: { kind: 'person', id: approver } });
    expect((await statements(orders)).filter((s) => s.Sid.startsWith('gatemedic-'))).toHaveLength(1);
  });
});

describe('meanwhile another stage fails, and an alarm says so', () => {
  test('EventBridge carries the alarm to intake, and the card asks', async () => {
    const now = Date.now();
    await history(carts, now, 3);
    await alarmChanged('carts', carts.apiId, now - 60_000);
    const message = await asked(carts, 'Dismiss');
    expect(await incidentOf(carts)).toMatchObject({
      from: 'alarm',
      diagnosis: { cause: 'lambda-permission-missing', certainty: 'confirmed' },
    });
    expect(JSON.stringify(message.blocks)).toContain('carts');
  });

  test('dismissed, nothing is changed', async () => {
    await press(url, await asked(carts, 'Dismiss'), 'Dismiss', approver);
    await until('the dismissal', 30, async () => (await incidentOf(carts))?.question?.state === 'dismissed');
    await until('advice instead', 60, async () => (await incidentOf(carts))?.decision?.do === 'advise');
    expect(await statements(carts)).toEqual([]);
  });
});

describe('a question that nobody answers', () => {
  let first: string | undefined;
  test('is asked', async () => {
    const now = Date.now();
    await history(pays, now, 3);
    await alarmChanged('pays', pays.apiId, now - 60_000);
    await asked(pays, 'Approve');
    first = (await incidentOf(pays))?.question?.id;
    expect(first).toBeDefined();
  });

  test('expires, changes nothing, and is asked anew while the stage still fails', { timeout: 420_000 }, async () => {
    const said = async () => JSON.stringify((await incidentOf(pays))?.notes ?? []);
    await until('the question to expire', 300, async () => (await said()).includes(`expired:${first ?? ''}`));
    await until('another question', 120, async () => {
      const question = (await incidentOf(pays))?.question;
      return question !== undefined && question.id !== first && question.state === 'pending';
    });
    expect(await statements(pays)).toEqual([]);
    await press(url, await asked(pays, 'Dismiss'), 'Dismiss', approver);
  });
});

describe('a lease that is over', () => {
  test('is ended by the sweeper: what was lent goes back, and the journal says so', async () => {
    const incident = await incidentOf(carts);
    if (!incident) throw new Error('no incident of carts');
    const id = await lend(table, carts, incident);
    expect(await warmOf(carts)).toBe(2);
    await invoke('gatemedic-sweep:live');
    await until('the warm environments to go', 60, async () => (await warmOf(carts)) === 0);
    await until('the journal', 30, async () => (await changes(table)).find((c) => c.id === id)?.step === 'undone');
    expect((await executions('gatemedic-undo')).map((e) => e.name)).toContain(`lease-${id}-0`);
  });
});

describe('the recovery', () => {
  test('is proven by real minutes of metrics; the incident closes as fixed', { timeout: 420_000 }, async () => {
    await until('the incident to close', 400, async () => (await incidentOf(orders))?.phase === 'closed');
    expect(await incidentOf(orders)).toMatchObject({ outcome: 'fixed' });
    expect(['verified', 'kept']).toContain(await stepOf(orders));
    const id = (await incidentOf(orders))?.id;
    await until('the execution to succeed', 30, async () =>
      (await executions('gatemedic-incident')).some((e) => e.name === id && e.status === 'SUCCEEDED'),
    );
    expect((await slack.history()).filter((m) => JSON.stringify(m.blocks).includes('orders'))).toHaveLength(1);
  });

  test('Undo takes back exactly what was added', async () => {
    await press(url, await asked(orders, 'Undo'), 'Undo', approver);
    await until('the permission to go', 60, async () => (await mended(orders)) === undefined);
    await until('the journal', 30, async () => (await stepOf(orders)) === 'undone');
    await until('the execution', 30, async () => (await executions('gatemedic-undo')).every((e) => e.status === 'SUCCEEDED'));
    expect((await executions('gatemedic-undo')).filter((e) => e.name.startsWith('undo-'))).toHaveLength(1);
    expect(await statements(orders)).toEqual([]);
  });

  test('each step was told to the topic', async () => {
    const heard = await told();
    const id = (await incidentOf(orders))?.id ?? '';
    expect(heard.filter((m) => JSON.stringify(m).includes(id)).length).toBeGreaterThanOrEqual(4);
  });
});

test('the stack goes, and takes its filters along', async () => {
  expect(await remove()).toBe('DELETE_COMPLETE');
  for (const p of [orders, carts, pays]) expect(await filters(p.logGroup)).toEqual([]);
});
