// Events built to break whoever reads them: bombs, bottomless JSON, keys that every object has. Each edge answers with a reason, opens nothing,
// and its memory and its neighbours are as they were.
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { readInstallation } from '../../lib/model/installation.ts';
import { checked } from '../../lib/live/serve.ts';
import { intake } from '../../lib/stages/intake.ts';
import { stages } from '../../lib/stages/index.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { runDiagnose } from '../command/edges.ts';
import { batchEvent, logEvent, metricAlarm, permissionLines, requestId, snsEvent, snsMessage } from '../signals/examples.ts';
import { answered, upkeepWorld } from '../stages/upkeep-world.ts';
import { installation as given } from '../messages/incidents.ts';
import type { Attack, Room } from './attack.ts';

const packed = (bytes: string | Buffer) => ({ awslogs: { data: gzipSync(bytes).toString('base64') } });
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
/** `JSON.parse` makes these keys the object's own, as an attacker's text would. */
const withProto = (json: string): unknown =>
  JSON.parse(json.replace('{', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},'));
const clean = (): void => {
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
  expect(([] as unknown as { polluted?: true }).polluted).toBeUndefined();
};
/** An SQS message takes 256 KB. */
const letterBytes = 256 * 1024;

/** Nothing is opened, one record is put aside with its reason, and the next good event is taken. */
async function putAside(event: unknown, reason: RegExp): Promise<void> {
  const w = upkeepWorld();
  expect(await intake(w.world, event)).toMatchObject({ signals: 0, opened: [] });
  expect(w.executions.size).toBe(0);
  expect(w.counts.puts).toBe(0);
  expect(w.dead.map((d) => d.reason).join()).toMatch(reason);
  expect(Buffer.byteLength(JSON.stringify(w.dead))).toBeLessThan(letterBytes);
  clean();
  expect(await intake(w.world, batchEvent(permissionLines(1)))).toMatchObject({ opened: ['opened'] });
}

const manyEvents = (event: string, n: number): string =>
  `{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"API-Gateway-Execution-Logs_a1b2c3d4e5/prod","logEvents":[${Array.from({ length: n }, () => event).join(',')}]}`;

const bombs: readonly Attack[] = [
  { name: 'a gzip bomb of 200 MB', run: () => putAside(packed(Buffer.alloc(200_000_000)), /cannot be unpacked/) },
  { name: 'a gzip bomb of 200 MB of JSON', run: () => putAside(packed(`"${'x'.repeat(200_000_000)}"`), /cannot be unpacked/) },
  { name: 'a gzip in a gzip', run: () => putAside(packed(gzipSync('{}')), /cannot be unpacked/) },
  { name: 'a batch of nine million characters', run: () => putAside({ awslogs: { data: 'A'.repeat(9_000_000) } }, /holds at most/) },
  { name: 'a batch a million levels deep', run: () => putAside(packed(deep(1_000_000)), /cannot be unpacked|no logGroup/) },
  {
    name: 'a batch whose one event is a hundred thousand levels deep',
    run: () => putAside(packed(manyEvents(deep(100_000), 1)), /no message|cannot be unpacked/),
  },
  {
    name: 'a batch of a million events that are none',
    run: () => putAside(packed(manyEvents('{}', 1_000_000)), /no message or no timestamp/),
  },
  {
    name: 'an alarm a hundred thousand levels deep',
    run: () =>
      putAside(
        { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail: JSON.parse(deep(5000)) as unknown },
        /alarm event/,
      ),
  },
  { name: 'an SNS message that is bottomless', run: () => putAside({ Records: [{ Sns: { Message: deep(100_000) } }] }, /alarm by SNS/) },
  { name: 'an SNS message of a megabyte', run: () => putAside(snsEvent({ ...snsMessage, more: 'x'.repeat(1_000_000) }), /alarm by SNS/) },
  {
    name: 'a log line of two megabytes of words that are looked for',
    run: async () => {
      const w = upkeepWorld();
      const line = logEvent(1, `(${requestId(1)}) ${'Execution failed due to configuration error: '.repeat(45_000)}`);
      expect(await intake(w.world, batchEvent([line, ...permissionLines(2)]))).toMatchObject({ opened: ['opened'] });
      const stored = JSON.stringify(await w.store.list('open-incidents', {}));
      expect(stored.length).toBeLessThan(60_000);
    },
  },
];

const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];
const keys: readonly Attack[] = [
  ...odd.map((name) => ({
    name: `an alarm on a metric called ${name}`,
    run: async () => {
      const w = upkeepWorld();
      const event = metricAlarm({ metric: name, dimensions: { ApiId: 'a1b2c3d4e5', ApiName: 'orders', Stage: 'prod' } });
      expect(await intake(w.world, event)).toMatchObject({ signals: 0, opened: [], ignored: 1 });
      clean();
    },
  })),
  ...odd.map((name) => ({
    name: `an alarm on an API called ${name}`,
    run: async () => {
      const w = upkeepWorld({ script: { 'apigateway:GetRestApis': () => answered({ items: [{ id: 'x1x1x1x1x1', name: 'other' }] }) } });
      expect(await intake(w.world, metricAlarm({ dimensions: { ApiName: name, Stage: 'prod' } }))).toMatchObject({
        opened: [],
        refused: 1,
      });
      clean();
    },
  })),
  {
    name: 'prototype keys in an alarm',
    run: async () => {
      const w = upkeepWorld();
      const { detail, ...event } = metricAlarm();
      await intake(w.world, { ...event, detail: withProto(JSON.stringify(detail)) });
      clean();
      expect(JSON.stringify(await w.store.list('open-incidents', {}))).not.toContain('polluted');
    },
  },
  {
    name: 'prototype keys in an alarm by SNS',
    run: async () => {
      const w = upkeepWorld();
      await intake(w.world, snsEvent(withProto(JSON.stringify(snsMessage))));
      clean();
      expect(JSON.stringify(await w.store.list('open-incidents', {}))).not.toContain('polluted');
    },
  },
  {
    name: 'prototype keys in a log batch and in an access-log line',
    run: async () => {
      const w = upkeepWorld();
      const line =
        '{"__proto__":{"polluted":true},"constructor":{"x":1},"status":"502","apiId":"a1b2c3d4e5","stage":"prod","resourcePath":"/x","requestId":"r"}';
      const body = {
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logGroup: '/shop/access',
        logStream: 's',
        logEvents: [logEvent(1, line)],
      };
      await intake(w.world, packed(JSON.stringify(withProto(JSON.stringify(body)))));
      clean();
    },
  },
  ...Object.values(stages).map((stage) => ({
    name: `prototype keys in what the duty ${stage.id} is called with`,
    run: () => {
      const event = withProto('{"incidentId":"inc-1","do":"apply","changeId":"chg-1","why":"person","name":"x"}');
      const read = tried(() => checked(stage, event));
      // intake takes anything, and reads it by shapes of its own
      if (read !== undefined && read !== event) expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      clean();
    },
  })),
  {
    name: 'prototype keys in the owner’s settings',
    run: () => {
      const read = tried(() => readInstallation(withProto(JSON.stringify(given))));
      expect((read as { polluted?: true } | undefined)?.polluted).toBeUndefined();
      clean();
    },
  },
  {
    name: 'prototype keys in a stored row',
    run: async () => {
      const store = memoryStore();
      await store.putIfAbsent({ key: 'incident#inc-1', value: withProto('{"id":"inc-1"}') });
      const value = (await store.get('incident#inc-1'))?.value as { polluted?: true };
      expect(value.polluted).toBeUndefined();
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      clean();
    },
  },
  {
    name: 'prototype keys, and a bottomless value, in a recorded case',
    run: async () => {
      const text = '{"__proto__":{"polluted":true},"id":"x","response":{"status":500,"headers":{"__proto__":{"polluted":true}}}}';
      expect((await runDiagnose(['--input', 'c.json'], { files: { 'c.json': text } })).code).toBeLessThan(3);
      clean();
      const bottomless = await runDiagnose(['--input', 'c.json'], {
        files: { 'c.json': `{"id":"x","response":{"body":${deep(50_000)}}}` },
      });
      expect(bottomless.code).toBe(2);
      expect(bottomless.err).toMatch(/nested deeper than/);
    },
  },
];
const tried = (work: () => unknown): unknown => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

export const input: Room = { of: 'events built to break their reader', attacks: [...bombs, ...keys] };
