// The real edges with a handler that sees the wire, and one duty served end to end on a real table.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import { deadLetterBody, liveDeadLetter } from '../../lib/live/dead-letter.ts';
import { liveSecret } from '../../lib/live/secret.ts';
import { checked, serve } from '../../lib/live/serve.ts';
import { readSettings, variablesOf, type Environment } from '../../lib/live/settings.ts';
import { liveTopic, subjectOf } from '../../lib/live/topic.ts';
import { liveWorkflow } from '../../lib/live/workflow.ts';
import { liveWorlds } from '../../lib/live/world.ts';
import { ownSettings } from '../../lib/aws/live/settings.ts';
import { defaults, type Installation } from '../../lib/model/installation.ts';
import { incidentInput, stage } from '../../lib/stages/stage.ts';

const installation: Installation = {
  accountId: '111122223333',
  region: 'us-east-1',
  mode: 'ask',
  stages: [],
  functions: [],
  approvers: [],
  slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
  ...defaults,
  fixes: [...defaults.fixes],
  deployPrincipals: [],
};
const env: Environment = {
  GATEMEDIC_INSTALLATION: JSON.stringify(installation),
  GATEMEDIC_TABLE: 'gatemedic',
  GATEMEDIC_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:gatemedic',
  GATEMEDIC_INCIDENT_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:gatemedic-incident',
  GATEMEDIC_UNDO_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:gatemedic-undo',
  GATEMEDIC_SCHEDULER_ROLE_ARN: 'arn:aws:iam::111122223333:role/gatemedic-scheduler',
  GATEMEDIC_SCHEDULE_GROUP: 'gatemedic',
  GATEMEDIC_SLACK_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token',
  GATEMEDIC_SLACK_SIGNING_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:signing',
  GATEMEDIC_DEAD_LETTER_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/dead',
  GATEMEDIC_ANSWER_FUNCTION: 'gatemedic-answer:live',
};
const everyEdge = { id: 'sweep', edges: [...new Set(duties.flatMap((d) => d.edges))] } as const;
const settings = readSettings(everyEdge, env);

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';

/** Clients that see the wire; `reply` by the operation's name. */
function wired(reply: (operation: string, body: Record<string, unknown>) => { status: number; body: object }) {
  const seen: { operation: string; body: Record<string, unknown> }[] = [];
  const handle = async (request: {
    headers: Record<string, string>;
    body: string | Uint8Array;
    path: string;
    method: string;
  }): Promise<never> => {
    const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? `${request.method} ${request.path}`;
    const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
    const sent = request.headers['content-type']?.includes('json')
      ? (JSON.parse(text) as Record<string, unknown>)
      : Object.fromEntries(new URLSearchParams(text));
    seen.push({ operation, body: sent });
    const { status, body } = reply(operation, sent);
    return {
      response: {
        statusCode: status,
        headers: { 'content-type': 'application/json' },
        body: Readable.from([Buffer.from(JSON.stringify(body))]),
      },
    } as never;
  };
  return { seen, client: { ...ownSettings('us-east-1'), requestHandler: { handle } } };
}
const fine = (): { status: number; body: object } => ({ status: 200, body: {} });
const refused =
  (name: string, status = 400) =>
  (): { status: number; body: object } => ({ status, body: { __type: name, message: `${name}: refused` } });
const undo = { name: 'undo-chg-1', changeId: 'chg-1', why: 'lease' as const };
const now = Date.parse('2026-09-26T10:00:00.000Z');

describe('the workflow', () => {
  test('an incident’s execution is named by it', async () => {
    const { seen, client } = wired(fine);
    expect(await liveWorkflow(settings, client, () => now).startIncident('inc-1')).toBe('started');
    expect(seen).toEqual([
      {
        operation: 'StartExecution',
        body: { stateMachineArn: env['GATEMEDIC_INCIDENT_MACHINE_ARN'], name: 'inc-1', input: '{"incidentId":"inc-1"}' },
      },
    ]);
  });
  test('a name that was used is `already`', async () => {
    const { client } = wired(refused('ExecutionAlreadyExists'));
    expect(await liveWorkflow(settings, client, () => now).startUndo(undo)).toBe('already');
  });
  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('a token answered with %s is gone', async (name) => {
    const { client } = wired(refused(name));
    expect(await liveWorkflow(settings, client, () => now).wake('token', {})).toBe('gone');
  });
  test('what is denied is told as denied', async () => {
    const { client } = wired(refused('AccessDeniedException'));
    await expect(liveWorkflow(settings, client, () => now).wake('token', {})).rejects.toMatchObject({
      name: 'WorldError',
      kind: 'denied',
      call: 'states:SendTaskSuccess',
    });
  });
  test('the end of a lease is one schedule, named by it, that deletes itself and names the execution', async () => {
    const { seen, client } = wired(fine);
    await liveWorkflow(settings, client, () => now).scheduleUndo(undo, now + 7_200_500);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      operation: 'POST /schedules/undo-chg-1',
      body: {
        GroupName: 'gatemedic',
        ClientToken: 'undo-chg-1',
        ScheduleExpression: 'at(2026-09-26T12:00:01)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
      },
    });
    const target = seen[0]?.body['Target'] as { Arn: string; RoleArn: string; Input: string };
    expect(target).toMatchObject({ Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution', RoleArn: env['GATEMEDIC_SCHEDULER_ROLE_ARN'] });
    expect(JSON.parse(target.Input)).toEqual({
      StateMachineArn: env['GATEMEDIC_UNDO_MACHINE_ARN'],
      Name: 'undo-chg-1',
      Input: JSON.stringify(undo),
    });
  });
  test('a schedule that stands already is fine', async () => {
    const { client } = wired(refused('ConflictException', 409));
    await expect(liveWorkflow(settings, client, () => now).scheduleUndo(undo, now + 7_200_000)).resolves.toBeUndefined();
  });
  test.each([59_999, 0, -5_000])('an end in %s ms is started now, for no schedule would fire', async (ms) => {
    const { seen, client } = wired(fine);
    await liveWorkflow(settings, client, () => now).scheduleUndo(undo, now + ms);
    expect(seen.map((s) => s.operation)).toEqual(['StartExecution']);
  });
  test('a long name is shortened to what a schedule may have, and stays itself', async () => {
    const { seen, client } = wired(fine);
    const workflow = liveWorkflow(settings, client, () => now);
    for (const end of ['a', 'b', 'a']) await workflow.scheduleUndo({ ...undo, name: `lease-${'x'.repeat(70)}-${end}` }, now + 7_200_000);
    const names = seen.map((s) => s.operation.split('/').at(-1) ?? '');
    expect(names.every((n) => n.length <= 64 && /^[\w.-]+$/.test(n))).toBe(true);
    expect(names[0]).toBe(names[2]);
    expect(names[0]).not.toBe(names[1]);
  });
  test.each([
    ['RUNNING', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
  ])('an execution that is %s is %s', async (status, ours) => {
    const { seen, client } = wired(() => ({ status: 200, body: { status } }));
    expect(await liveWorkflow(settings, client, () => now).status('inc-1')).toBe(ours);
    expect(seen[0]?.body).toEqual({ executionArn: 'arn:aws:states:us-east-1:111122223333:execution:gatemedic-incident:inc-1' });
  });
  test('an execution that never was is unknown', async () => {
    const { client } = wired(refused('ExecutionDoesNotExist'));
    expect(await liveWorkflow(settings, client, () => now).status('inc-1')).toBe('unknown');
  });
});

test('the topic takes one JSON object and a subject fit for e-mail', async () => {
  const { seen, client } = wired(fine);
  // SNS answers XML; the SDK cannot read this stand-in's JSON, which is no matter for what is sent.
  await liveTopic(settings, client)
    .publish('5xx on prod\n— call', { step: 'opened' })
    .catch(() => undefined);
  expect(seen[0]?.body).toMatchObject({
    Action: 'Publish',
    TopicArn: env['GATEMEDIC_TOPIC_ARN'],
    Subject: '5xx on prod  call',
    Message: '{"step":"opened"}',
  });
  expect(subjectOf('x'.repeat(200))).toHaveLength(99);
  expect(subjectOf('\u0000é')).toBe('Gatemedic');
});

describe('the dead-letter queue', () => {
  test('takes the record redacted, with its reason', async () => {
    const { seen, client } = wired((_, body) => ({
      status: 200,
      body: { MD5OfMessageBody: createHash('md5').update(String(body['MessageBody'])).digest('hex') },
    }));
    await liveDeadLetter(settings, client).put({ line: 'password=hunter22' }, 'no such stage');
    expect(JSON.parse(String(seen[0]?.body['MessageBody']))).toEqual({
      reason: 'no such stage',
      record: '{"line":"password=[redacted]"}',
      cut: false,
    });
  });
  test('cuts what is too long for a message', () => {
    const body = deadLetterBody('é'.repeat(2_000_000), 'too large');
    expect(Buffer.byteLength(body)).toBeLessThan(256 * 1024);
    expect(JSON.parse(body)).toMatchObject({ cut: true });
  });
  test.each([undefined, null, 7, () => 1])('takes %s too', (record) => {
    expect(JSON.parse(deadLetterBody(record, 'odd'))).toMatchObject({ reason: 'odd', cut: false });
  });
});

describe('a secret', () => {
  test('is read once in five minutes', async () => {
    const { seen, client } = wired(() => ({ status: 200, body: { SecretString: ' xoxb-1 \n' } }));
    let at = now;
    const secret = liveSecret('arn', client, () => at);
    expect([await secret(), await secret()]).toEqual(['xoxb-1', 'xoxb-1']);
    expect(seen).toHaveLength(1);
    at += 300_001;
    await secret();
    expect(seen).toHaveLength(2);
  });
  test('that holds nothing is told with what to do', async () => {
    const { client } = wired(fine);
    await expect(liveSecret('arn:x', client, () => now)()).rejects.toThrow(/arn:x holds no text; put the value in/);
  });
});

describe('the environment', () => {
  test.each(duties.map((d) => [d.id, d] as const))('%s needs the variables of its edges and no other', (_id, duty) => {
    const needed = Object.fromEntries(['GATEMEDIC_INSTALLATION', ...variablesOf(duty)].map((name) => [name, env[name]]));
    expect(() => readSettings(duty, needed)).not.toThrow();
    for (const name of Object.keys(needed))
      expect(() => readSettings(duty, { ...needed, [name]: undefined }), name).toThrow(new RegExp(`${name} is missing`));
  });
  test('a wrong value is named, shown and explained', () => {
    expect(() => readSettings(everyEdge, { ...env, GATEMEDIC_TOPIC_ARN: 'topic' })).toThrow(
      'environment variable GATEMEDIC_TOPIC_ARN is "topic"; it must match',
    );
    expect(() => readSettings(everyEdge, { ...env, GATEMEDIC_INSTALLATION: '{' })).toThrow(/GATEMEDIC_INSTALLATION is no JSON/);
    expect(() => readSettings(everyEdge, { ...env, GATEMEDIC_INSTALLATION: '{}' })).toThrow(/gatemedic settings: accountId/);
  });
});

describe('a world', () => {
  test('throws at the use of an edge that was not declared, with the remedy', async () => {
    const world = (await liveWorlds('close', env))(() => Infinity);
    expect(() => world.slack.post('C', { text: '', blocks: [] })).toThrow(
      /duty close used post of the edge slack, which it does not declare; .*lib\/duties\.ts/,
    );
    expect(() => world.deadLetter.put(1, '')).toThrow(/dead-letter/);
    await expect(world.aws.call('lambda:GetPolicy', { FunctionName: 'f' })).rejects.toThrow(/did not declare/);
  });
  test('lets no duty start what its edges do not name', async () => {
    const world = (await liveWorlds('answer', env))(() => Infinity);
    await expect(async () => world.workflow.startIncident('inc-1')).rejects.toThrow(
      /GATEMEDIC_INCIDENT_MACHINE_ARN, which none of its edges needs/,
    );
  });
  test('gives ids of lower-case letters and digits, never twice', async () => {
    const world = (await liveWorlds('close', env))(() => Infinity);
    expect(world.id()).toMatch(/^[a-z0-9]{32}$/);
    expect(world.id()).not.toBe(world.id());
  });
});

describe('a duty served', () => {
  const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;
  const server = dynalite({ createTableMs: 0 });
  const before = { ...process.env };
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    Object.assign(process.env, env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await new DynamoDBClient({ region: 'us-east-1' }).send(
      new CreateTableCommand({
        TableName: 'gatemedic',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
  });
  afterAll(() => {
    for (const name of [...Object.keys(env), 'AWS_ENDPOINT_URL']) if (before[name] === undefined) delete process.env[name];
    server.close();
  });
  const remember = stage({
    id: 'close',
    input: incidentInput,
    run: async (world, { incidentId }) => {
      await world.store.putIfAbsent({ key: `thing#${incidentId}`, value: { at: world.now() } });
      return (await world.store.get(`thing#${incidentId}`))?.version;
    },
  });
  test('an event goes through the schema, the World and the stage', async () => {
    expect(await serve(remember)({ incidentId: 'inc-1' })).toBe(1);
  });
  test('an event of another shape is refused with the field’s name', async () => {
    await expect(serve(remember)({ incidentId: 7 })).rejects.toThrow(/duty close cannot take this event: incidentId/);
    expect(() => checked({ id: 'close', input: v.strictObject({}) }, null)).toThrow(/duty close cannot take this event: the event/);
  });
});
