// `gatemedic diagnose --input`: recorded cases, one answer each in their order. No network and no credentials; one case at a time, so that
// memory stays what one case takes, however many there are.
import { awsClient } from '../aws/client.ts';
import type { CallName } from '../aws/calls.ts';
import { recorded, type RecordedCase } from '../aws/recorded.ts';
import { answerOf, type Answer } from './answer.ts';
import { cases } from './cases.ts';
import { exits, type Edges } from './command.ts';
import { declared } from './declared.ts';
import { look, type Looked } from './look.ts';
import { page } from './page.ts';

export interface InputOptions {
  readonly path: string;
  readonly json: boolean;
}

/** A reported case has no dates; its burst counts as this old when fixes are weighed. */
const burstAgeMs = 2 * 60_000;

export async function diagnoseInput({ path, json }: InputOptions, edges: Edges): Promise<number> {
  const { terminal } = edges;
  const names = declared();
  const count = { bad: 0, unknown: 0, good: 0 };
  for await (const read of cases(path === '-' ? 'standard input' : path, edges.files.read(path))) {
    if (!read.ok) {
      count.bad++;
      terminal.say(`gatemedic: ${read.error}`);
      continue;
    }
    const looked = await lookAtCase(read.value, names);
    const answer = answerOf(read.value.id, looked);
    if (answer.cause === 'unknown') count.unknown++;
    await terminal.print(json ? `${JSON.stringify(answer)}\n` : `${count.good++ > 0 ? '\n' : ''}${pageOf(answer, looked, terminal)}`);
    if (!terminal.heard()) break;
  }
  return count.bad > 0 ? exits.wrong : count.unknown > 0 ? exits.unknown : exits.found;
}

async function lookAtCase(one: RecordedCase, names: readonly CallName[]): Promise<Looked> {
  const { attempt, now, ...what } = recorded(one);
  const aws = awsClient<CallName>({ attempt, declared: names, random: () => 0, clock: { now: () => now, sleep: () => Promise.resolve() } });
  const weighedAt = one.saved ? now : what.window.from + burstAgeMs;
  return look(aws, what, { now, weighedAt });
}

const pageOf = (answer: Answer, { at, refused }: Looked, paper: Edges['terminal']): string =>
  page(answer, { title: `case ${answer.id}`, at, refused, live: false }, paper);
