// The function is killed for lack of memory, or its runtime's heap is full. Told from a crash by the words of the kill or by a REPORT
// that shows the memory full; a REPORT with memory to spare speaks of something else (messages.md §9).
import { bash, functionArgs, shell } from '../model/advice.ts';
import { functionInCode } from './signs/code-of-functions.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { cause, confirmed, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { functionErrors } from './signs/clue-lines.ts';
import { codeFault, codeLooksAt, errorIn, lastChange, ranWell, type CodeSeen, type FailingFunction } from './signs/code-faults.ts';
import { timedOut } from './signs/error-vocabulary.ts';
import { endedEarly, errorClues } from './signs/error-words.ts';
import type { MemoryFacts } from '../model/facts/code.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { ranFull, reportIn } from './signs/report-lines.ts';
import type { LogLine } from '../model/signal.ts';

/** Lambda's most, in MB (AWS, Lambda quotas); some accounts are held to 3,008. */
const mostMb = 10_240;
const heapWords = ['heap out of memory', 'OutOfMemoryError', 'OutOfMemoryException', 'MemoryError', 'Allowed memory size of'];

export default cause({
  id: 'lambda-out-of-memory',
  title: 'The Lambda function runs out of memory',
  about: {
    is: 'The function is killed when its memory is full, or its runtime gives up first: 502 (REST) or 500 (HTTP).',
    told: 'Lambda’s Errors metric accounts for the failures, and most lines that name an error speak of memory: the kill, a full heap, or a REPORT of a failed run with its memory full. A REPORT with memory to spare is something else.',
    withoutLogs:
      'Confirmed by the function’s own log; without that too it looks like any error of the code, and the message names the log it needs.',
  },
  looksAt: codeLooksAt,
  explains: ['lambda-unhandled-error', 'lambda-init-failure'],
  clues: [
    ...errorClues('memory', 'messages.md §4'),
    {
      kind: 'shape',
      in: 'functionLog',
      shape: reportsFull,
      names: true,
      title: 'a failed run used all of its memory',
      source: 'causes.md, lambda-out-of-memory (Confirm)',
    },
    endedEarly,
    functionErrors('causes.md, lambda-out-of-memory (Confirm)'),
  ],
  confirm,
  healed: (e: CodeSeen, _at: StageRef, sinceAt: number, facts: MemoryFacts): Healed =>
    ranWell(
      e,
      facts.functions.map((f) => f.ref),
      sinceAt,
    ),
  advice,
});

/** Older reports have no status: then the memory must be full to the last megabyte, and the run not one that was stopped for its time. */
function isFull({ text }: LogLine): boolean {
  const report = reportIn(text);
  return report !== undefined && ranFull(report) && (report.status !== undefined || report.usedMb >= report.memoryMb);
}
function reportsFull({ lines }: LogLines): string | undefined {
  const stopped = lines.some(({ text }) => text.includes(timedOut));
  return lines.find((line) => line.log === 'function' && isFull(line) && (!stopped || reportIn(line.text)?.status !== undefined))?.text;
}

function confirm(e: CodeSeen): Verdict<MemoryFacts> {
  const full = e.functionLog.state === 'got' ? reportsFull(e.functionLog.value) : undefined;
  const found = codeFault(e, 'memory', isFull);
  if (found.is === 'found') {
    const text = found.quote?.line.text ?? '';
    return confirmed(factsOf(found.failing, text, usedIn(found.lines.map((t) => t.line))), found.by, found.explains);
  }
  // Nothing counts the errors, but a run failed with its memory full: worth naming, not proven.
  return found.is === 'unproven' && full !== undefined && e.functionMetrics.state === 'missing'
    ? { ...found, facts: factsOf([], full, reportIn(full)?.usedMb) }
    : found;
}

const usedIn = (lines: readonly LogLine[]): number | undefined => {
  const full = lines.findLast(isFull);
  return full && reportIn(full.text)?.usedMb;
};

function factsOf(
  failing: readonly Pick<FailingFunction, 'ref' | 'errors' | 'fact'>[],
  quote: string,
  usedMb: number | undefined,
): MemoryFacts {
  return {
    functions: failing.map(({ ref, errors, fact }) => ({
      ref,
      errors,
      ...(fact?.memoryMb === undefined ? {} : { memoryMb: fact.memoryMb }),
      ...(fact?.lastModifiedAt === undefined ? {} : { modifiedAt: fact.lastModifiedAt }),
    })),
    ...(usedMb === undefined ? {} : { usedMb }),
    ...(heapWords.some((word) => quote.includes(word)) ? { heap: true } : {}),
    quote: errorIn(quote),
  };
}

function advice(facts: MemoryFacts | undefined): Advice {
  const first = facts?.functions[0];
  const more = first?.memoryMb === undefined ? undefined : Math.min(mostMb, Math.ceil((first.memoryMb * 1.5) / 64) * 64);
  return {
    summary: first
      ? `${functionKey(first.ref)} runs out of its memory${first.memoryMb === undefined ? '' : ` of ${first.memoryMb} MB`}.`
      : 'A function runs out of its memory.',
    steps: [
      ...lastChange(first?.modifiedAt),
      'If it began with a release: point the alias back at the version before; it may leak, or load more than it did.',
      more === undefined
        ? 'Else give it half as much again; it gets more CPU with it, and costs as much more while it runs.'
        : `Else give it ${more} MB; it gets more CPU with it, and costs as much more while it runs.`,
      ...(facts?.heap
        ? ['The runtime’s own heap ran full: raise that limit too (NODE_OPTIONS=--max-old-space-size, -Xmx) where it is set.']
        : []),
      'Then find what grows: an answer built in memory, a cache without a limit, a file read whole. Stream it instead.',
      ...(first && !first.ref.qualifier
        ? []
        : ['An alias serves a published version: change $LATEST, publish, then move the alias, or nothing changes.']),
    ],
    snippets: first
      ? [
          bash(
            'See how much it uses',
            `aws logs filter-log-events --log-group-name ${shell(`/aws/lambda/${first.ref.name}`)} --filter-pattern '"Max Memory Used"' --region ${shell(first.ref.region)} --max-items 20`,
          ),
          ...(more === undefined
            ? []
            : [
                bash(
                  `Give it ${more} MB`,
                  `aws lambda update-function-configuration --function-name ${shell(first.ref.name)} --memory-size ${more} --region ${shell(first.ref.region)}`,
                ),
              ]),
          bash(
            'See its configuration',
            `aws lambda get-function-configuration ${functionArgs(first.ref)} --query '{Memory:MemorySize,Modified:LastModified}'`,
          ),
          ...(more === undefined
            ? []
            : functionInCode('Keep the memory in code', first.ref.name, { MemorySize: more }, { memory_size: more })),
        ]
      : [],
  };
}
