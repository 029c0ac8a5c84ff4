// How large each function is and how long it takes to start, beside a handler that does nothing: fresh Node processes on the built
// bundles, taking turns, so that all meet the same machine.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { synthesised } from '../../lib/demo/synthesis.ts';
import { duties, type DutyId } from '../../lib/duties.ts';
import { actionId, buttonValue } from '../../lib/messages/buttons.ts';
import { createSlack } from '../../lib/sandbox/slack.ts';
import { buildBundles } from '../build.ts';
import { count, fixed, median, type Table } from './table.ts';

const runs = 9;
const place = { accountId: '111122223333', region: 'us-east-1' };
const workspace = { channel: 'C0INCIDENT', teamId: 'T0GATEMED', appId: 'A0GATEMED' };
const signingSecret = 'bench-signing-secret';

/** Prints when the module is loaded and when its first event is answered, in ms since the process began; what a handler logs comes before. */
const probe = `
const { handler } = await import(process.argv[2]);
const loadedMs = performance.now();
let end = 'answered';
try { await handler(JSON.parse(process.argv[3])); } catch (error) { end = String(error.message); }
console.log('\\n' + JSON.stringify({ loadedMs, readyMs: performance.now(), end }));
`;
const probed = v.object({ loadedMs: v.number(), readyMs: v.number(), end: v.string() });
type Probed = v.InferOutput<typeof probed>;

/** AWS at the wire, for the receiver: the signing secret, and an asynchronous invocation that is taken. */
function standIn(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    const secret = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    response
      .writeHead(secret ? 200 : 202, { 'content-type': 'application/x-amz-json-1.1' })
      .end(secret ? JSON.stringify({ SecretString: signingSecret }) : '');
  });
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** A real signed click, fresh: the receiver takes none that is five minutes old. */
async function click(): Promise<unknown> {
  const slack = createSlack({ clock: { now: () => Date.now() }, signingSecret, ...workspace });
  const value = buttonValue({ incidentId: 'inc-bench', about: 'q-bench', hash: '0'.repeat(64) });
  const button = { type: 'button', action_id: actionId('approve'), text: { type: 'plain_text', text: 'Approve' }, value };
  const { ts } = await slack.post(workspace.channel, {
    text: 'bench',
    blocks: [{ type: 'actions', block_id: 'bench', elements: [button] }],
  });
  return slack.click('U0ONCALL1', ts, 'approve');
}

/** An event that makes a function ready for work, and that it ends before it calls anybody: its own schema refuses it. */
const refused = null;
const controlMessage = {
  awslogs: {
    data: gzipSync(JSON.stringify({ messageType: 'CONTROL_MESSAGE', logGroup: '', logStream: '', logEvents: [] })).toString('base64'),
  },
};
const eventFor = async (duty: DutyId): Promise<unknown> => (duty === 'receive' ? click() : duty === 'intake' ? controlMessage : refused);
/** How the first event must end, or another thing was measured. */
const endOf = (duty: DutyId): RegExp => (duty === 'receive' || duty === 'intake' ? /^answered$/ : /^duty \S+ cannot take this event/);

type Environment = Readonly<Record<string, string>>;

function environments(endpoint: string): ReadonlyMap<DutyId, Environment> {
  const template = synthesised(
    {
      mode: 'ask',
      stages: [{ apiType: 'REST', apiId: 'a1b2c3d4e5', apiName: 'orders', stage: 'prod' }],
      approvers: ['U0ONCALL1'],
      slackChannel: workspace.channel,
      slackTeamId: workspace.teamId,
      slackAppId: workspace.appId,
    },
    place,
  );
  const aws = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: place.region, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  return new Map(
    duties.map(({ id }) => [id, { ...aws, ...template.functions.find((f) => f.handler === `${id}.handler`)?.environment }] as const),
  );
}

async function once(folder: string, name: string, event: unknown, env: Environment): Promise<Probed> {
  const args = [join(folder, 'probe.mjs'), join(folder, `${name}.mjs`), JSON.stringify(event)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } });
  return v.parse(probed, JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

interface Started {
  readonly loadedMs: number[];
  readonly readyMs: number[];
}

async function measure(folder: string, endpoint: string): Promise<ReadonlyMap<string, Started>> {
  const envs = environments(endpoint);
  const found = new Map<string, Started>(['empty', ...duties.map((d) => d.id)].map((name) => [name, { loadedMs: [], readyMs: [] }]));
  const take = (name: string, { loadedMs, readyMs }: Probed): void => {
    found.get(name)?.loadedMs.push(loadedMs);
    found.get(name)?.readyMs.push(readyMs);
  };
  for (let n = 0; n < runs; n++) {
    take('empty', await once(folder, 'empty', refused, {}));
    for (const { id } of duties) {
      const seen = await once(folder, id, await eventFor(id), envs.get(id) ?? {});
      if (!endOf(id).test(seen.end))
        throw new Error(`${id} ended its first event with ${seen.end}; the bench expected ${endOf(id).source}`);
      take(id, seen);
    }
  }
  return found;
}

export async function startTable(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'gatemedic-bench-'));
  const server = await standIn();
  try {
    const bundles = await buildBundles(folder);
    writeFileSync(join(folder, 'probe.mjs'), probe);
    writeFileSync(join(folder, 'empty.mjs'), 'export const handler = async () => undefined;\n');
    const started = await measure(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return tableOf(bundles, started);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(bundles: Awaited<ReturnType<typeof buildBundles>>, started: ReadonlyMap<string, Started>): Table {
  const of = (name: string, what: keyof Started): number => median(started.get(name)?.[what] ?? []);
  const times = (name: string, what: keyof Started): string => fixed(of(name, what) / of('empty', what));
  const kilobytes = (bytes: number): string => count(bytes / 1024);
  const row = (name: string): readonly string[] => {
    const { bytes, files } = bundles[name] ?? { bytes: 0, files: 1 };
    return [
      name === 'empty' ? 'an empty handler' : name === 'receive' ? 'receive (Slack)' : name,
      kilobytes(bytes),
      String(files),
      times(name, 'loadedMs'),
      fixed(of(name, 'loadedMs') - of('empty', 'loadedMs'), 0),
      times(name, 'readyMs'),
      fixed(of(name, 'readyMs') - of('empty', 'readyMs'), 0),
    ];
  };
  return {
    title: 'Functions: size and start',
    says: [
      `Bundles of \`npm run build\`. Start: from the process's beginning until the module is loaded (Lambda's init), and until it is ready, its first event answered, which loads the edges the duty uses; medians of ${runs} fresh processes each, as a multiple of an empty handler's and in ms above it.`,
    ],
    head: ['function', 'KB at start', 'files', 'loaded ×', 'ms more', 'ready ×', 'ms more'],
    rows: ['empty', ...duties.map((d) => d.id)].map(row),
    notes: [
      'The first event of each function is one it refuses before it calls AWS. That of `receive` is a signed click: its time holds the signature check, the load of Bolt, and two calls to a stand-in for AWS on the same machine, the reading of the secret and the handing on.',
    ],
  };
}
