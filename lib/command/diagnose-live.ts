// `gatemedic diagnose --api …`: a live stage, strictly read-only, with whatever credentials the environment has. The same look as an
// investigation; what could not be read is said with what would allow it.
import type { Aws, CallName } from '../aws/calls.ts';
import { awsClient } from '../aws/client.ts';
import type { Probes } from '../collectors/collector.ts';
import type { StageRef } from '../model/api.ts';
import { answerOf, type Answer } from './answer.ts';
import { burstIn, trafficSentence, type Burst } from './burst.ts';
import { CommandError } from './command-error.ts';
import { exits, type Edges, type LiveAccount } from './command.ts';
import { declared, findingCalls } from './declared.ts';
import type { Target } from './diagnose.ts';
import { look, type Looked } from './look.ts';
import { noAccess } from './no-access.ts';
import { jsonLine } from './paper.ts';
import { calmPage, page } from './page.ts';
import { named, regionOf, stageById, stageByUrl } from './place.ts';
import { saveCase } from './save.ts';

export interface LiveOptions {
  readonly target: Target;
  readonly sinceMs: number;
  readonly json: boolean;
  readonly region?: string;
  readonly accountId?: string;
  readonly save?: string;
  readonly probes: Probes;
}

export async function diagnoseLive(options: LiveOptions, edges: Edges): Promise<number> {
  const { terminal } = edges;
  const region = options.target.by === 'url' ? (regionOf(options.target.url) ?? options.region) : options.region;
  const live = await edges.live(region, options.probes);
  refuseNowhere(live);
  try {
    return await told(options, edges, live);
  } finally {
    terminal.progress(undefined);
  }
}

/** What would end in the SDK's own words, or its stack. */
function refuseNowhere({ region, endpoint }: LiveAccount): void {
  if (region === '') throw new CommandError('no Region is set; set AWS_REGION, or give --region us-east-1');
  if (!/^[a-z]{2}(-[a-z]{1,12}){1,3}-\d{1,2}$/.test(region))
    throw new CommandError(`the Region is ${JSON.stringify(region)}; give one such as us-east-1 (--region, AWS_REGION)`);
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint))
    throw new CommandError(`AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}; give an address such as http://localhost:4566, or unset it`);
}

async function told(options: LiveOptions, edges: Edges, live: LiveAccount): Promise<number> {
  const { terminal } = edges;
  const { clock, random, attempt } = live;
  let asked = 0;
  const aws = progressing(
    awsClient<CallName>({ attempt, clock, random, declared: declared(options.probes), duty: 'of the command line' }),
    (name) => terminal.progress(`reading ${name} (${++asked} calls)`),
  );
  terminal.progress('asking who we are');
  const accountId = options.accountId ?? (await accountOf(live));
  const finder = { aws, live, accountId };
  const { target } = options;
  const at = await (target.by === 'id' ? stageById(finder, target.apiId, target.stage) : stageByUrl(finder, target.url));
  const now = edges.now();
  const burst = await burstIn(aws, at, { from: now - options.sinceMs, to: now });
  const looked = await look(aws, { at, lines: [], probes: options.probes, ...burst.times }, { now });
  terminal.progress(undefined);
  if (options.save !== undefined) await saveCase(options.save, `${at.apiId}/${at.stage} ${new Date(now).toISOString()}`, looked, edges);
  return print(options, { at, looked, burst, calls: asked }, edges);
}

async function accountOf(live: LiveAccount): Promise<string> {
  const answer = await live.accountId();
  if (answer.ok && answer.value !== '') return answer.value;
  if (answer.ok) throw new CommandError('STS names no account; give --account <12 digits>');
  throw noAccess(answer.error, live);
}

/** Tells each call as it is made. */
const progressing = (aws: Aws<CallName>, tell: (name: CallName) => void): Aws<CallName> => ({
  call(name, input) {
    tell(name);
    return aws.call(name, input);
  },
});

interface Told {
  readonly at: StageRef;
  readonly looked: Looked;
  readonly burst: Burst;
  readonly calls: number;
}

async function print({ json }: LiveOptions, { at, looked, burst, calls }: Told, { terminal }: Edges): Promise<number> {
  const answer = answerOf(`${at.apiId}/${at.stage}`, looked);
  const calm = isCalm(answer, looked, burst);
  const subject = {
    title: `${at.apiType} API ${named(at)}, stage ${at.stage}, ${at.region}`,
    traffic: trafficSentence(burst, looked),
    at,
    refused: looked.refused,
    live: true,
  };
  if (json)
    await terminal.print(
      jsonLine({ ...answer, stage: at, failing: looked.diagnosis.failing ?? null, calm, traffic: subject.traffic, calls }),
    );
  else await terminal.print(calm ? calmPage(answer, subject, terminal) : page(answer, subject, terminal));
  if (calm || answer.cause !== 'unknown') return exits.found;
  return seesNothing(looked) ? exits.wrong : exits.unknown;
}

/** No sign of trouble: the metrics were read and show no failure, no line tells of one, and no cause is named. */
function isCalm(answer: Answer, { gathered }: Looked, { failures, read }: Burst): boolean {
  return answer.cause === 'unknown' && read !== 'unseen' && failures === 0 && gathered.executionLog?.state !== 'got';
}

/** Not one answer but the API's own, and denials among them: nothing was found out, for want of access. */
const seesNothing = ({ calls, refused }: Looked): boolean =>
  refused.length > 0 && calls.every(({ name, answer }) => !answer.ok || finding.has(name));
const finding: ReadonlySet<string> = new Set(findingCalls);
