// `gatemedic diagnose --input`: recorded cases, one answer each in their order. No network and no credentials; one case at a time, so that
// memory stays what one case takes, however many there are.
import { awsClient } from '../aws/client.ts';
import type { CallName } from '../aws/calls.ts';
import { recorded, type RecordedCase } from '../aws/recorded.ts';
import { answerOf, type Answer } from './answer.ts';
import { cases } from './cases.ts';
import { exits, type Edges, type Terminal } from './command.ts';
import { declared } from './declared.ts';
import { fileTrouble } from './file-trouble.ts';
import { look, type Looked } from './look.ts';
import { page } from './page.ts';
import { jsonLine, tame } from './paper.ts';

export interface InputOptions {
  readonly path: string;
  readonly json: boolean;
}

/** A reported case has no dates; its burst counts as this old when fixes are weighed. */
const burstAgeMs = 2 * 60_000;

/** A file of bytes that are no lines would fill the screen. */
const mostComplaints = 20;

interface Tally {
  bad: number;
  bugs: number;
}

export async function diagnoseInput({ path, json }: InputOptions, edges: Edges): Promise<number> {
  const { terminal } = edges;
  let [unknown, shown] = [0, 0];
  const { bad, bugs } = await eachCase(path, edges, async (one, looked) => {
    const answer = answerOf(one.id, looked);
    if (answer.cause === 'unknown') unknown++;
    const text = json ? jsonLine(answer) : pageOf(answer, looked, terminal);
    await terminal.print(!json && shown++ > 0 ? `\n${text}` : text);
  });
  if (bugs > 0) return exits.bug;
  return bad > 0 ? exits.wrong : unknown > 0 ? exits.unknown : exits.found;
}

/** Looks at every case in turn, as long as somebody reads; bad lines are told, and the good ones go on. */
export async function eachCase(path: string, edges: Edges, take: (one: RecordedCase, looked: Looked) => Promise<void>): Promise<Tally> {
  const { terminal } = edges;
  // nothing is asked of anybody: what was tried out stands in the case
  const names = declared({ hosts: ['any'], methods: ['any'] });
  const tally: Tally = { bad: 0, bugs: 0 };
  for await (const read of cases(path === '-' ? 'standard input' : path, opened(path, edges))) {
    if (!read.ok) complain(read.error, tally, terminal);
    else await oneCase(read.value, { names, tally, take }, terminal);
    if (!terminal.heard()) break;
  }
  if (tally.bad > mostComplaints) terminal.say(`gatemedic: and ${tally.bad - mostComplaints} more like these`);
  return tally;
}

function complain(says: string, tally: Tally, terminal: Terminal): void {
  if (++tally.bad <= mostComplaints) terminal.say(`gatemedic: ${tame(says)}`);
}

interface Taking {
  readonly names: readonly CallName[];
  readonly tally: Tally;
  readonly take: (one: RecordedCase, looked: Looked) => Promise<void>;
}

/** A bug met in one case is told with its stack, and its neighbours are answered. */
async function oneCase(one: RecordedCase, { names, tally, take }: Taking, terminal: Terminal): Promise<void> {
  try {
    await take(one, await lookAtCase(one, names));
  } catch (error) {
    tally.bugs++;
    terminal.say(
      `gatemedic: case ${JSON.stringify(tame(one.id, 80))} met a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

async function* opened(path: string, { files }: Edges): AsyncGenerator<Uint8Array> {
  try {
    yield* files.read(path);
  } catch (error) {
    throw fileTrouble(path, error);
  }
}

async function lookAtCase(one: RecordedCase, names: readonly CallName[]): Promise<Looked> {
  const { attempt, now, ...what } = recorded(one);
  const aws = awsClient<CallName>({ attempt, declared: names, random: () => 0, clock: { now: () => now, sleep: () => Promise.resolve() } });
  const weighed = { now: what.window.from + burstAgeMs, accountId: accountOf(one, what.at.accountId) };
  return look(aws, what, one.saved ? { now } : { now, weighed });
}

/** Nearly all functions stand in their API's account; a report that names no API's ARN is read so where a fix is weighed. */
function accountOf(one: RecordedCase, accountId: string): string {
  if (Number(accountId) !== 0) return accountId;
  return /arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}:(\d{12}):function:/.exec(JSON.stringify(one.answers ?? []))?.[1] ?? accountId;
}

const pageOf = (answer: Answer, { at, refused }: Looked, paper: Terminal): string =>
  page(answer, { title: `case ${answer.id}`, at, refused, live: false }, paper);
