// The Function URL's Lambda as it is deployed: bundled, minified, split, in a Node of its own, with AWS at the wire. What works unbundled
// has failed here before: a lazy import of a CommonJS package holds its exports elsewhere.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentCard } from '../../lib/messages/card.ts';
import { createSlack } from '../../lib/sandbox/slack.ts';
import { options } from '../../scripts/build.ts';
import { asking, base, installation, plan } from '../messages/incidents.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const folder = mkdtempSync(join(tmpdir(), 'gatemedic-receive-'));
const handedOn: { path: string; type: string | undefined; click: unknown }[] = [];
let secretsRead = 0;

const aws = createServer((request, response) => {
  void (async () => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const reading = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    if (reading) secretsRead++;
    else
      handedOn.push({
        path: request.url ?? '',
        type: request.headers['x-amz-invocation-type'] as string | undefined,
        click: JSON.parse(body) as unknown,
      });
    response
      .writeHead(reading ? 200 : 202, { 'content-type': reading ? 'application/x-amz-json-1.1' : 'application/json' })
      .end(reading ? JSON.stringify({ SecretString: `${secret}\n` }) : '');
  })();
});

beforeAll(async () => {
  const [entry] = options.entryPoints.filter((p) => p.endsWith('/receive.ts'));
  await build({ ...options, entryPoints: [entry ?? ''], mainFields: [...options.mainFields], metafile: false, outdir: folder });
  await new Promise<void>((resolve) => void aws.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  aws.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a signed click is handed to answer, asynchronously; one with a flipped byte is not', async () => {
  const now = Date.now();
  const slack = createSlack({ clock: { now: () => now }, signingSecret: secret, ...installation.slack });
  const { ts } = await slack.post(installation.slack.channel, incidentCard(asking, [], installation, { now }));
  const good = slack.click('U0ADA0001', ts, 'approve');
  const flipped = { ...good, body: `${good.body.slice(0, 40)}${good.body[40] === 'A' ? 'B' : 'A'}${good.body.slice(41)}` };
  const events = [good, flipped];
  writeFileSync(
    join(folder, 'press.mjs'),
    `import { handler } from './receive.mjs'; for (const event of ${JSON.stringify(events)}) console.log(JSON.stringify(await handler(event)));`,
  );
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    GATEMEDIC_INSTALLATION: JSON.stringify(installation),
    GATEMEDIC_SLACK_SIGNING_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:signing',
    GATEMEDIC_ANSWER_FUNCTION: 'gatemedic-answer:live',
  };
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'press.mjs')], { env });
  const responses = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { statusCode: number; body: string });
  expect(responses.map((r) => r.statusCode)).toEqual([200, 401]);
  expect(responses[0]?.body).toBe('');
  expect(handedOn).toEqual([
    {
      path: '/2015-03-31/functions/gatemedic-answer%3Alive/invocations',
      type: 'Event',
      click: expect.objectContaining({ act: 'approve', incidentId: base.id, hash: plan.hash, userId: 'U0ADA0001' }) as unknown,
    },
  ]);
  expect(secretsRead).toBe(1); // cached between events
});
