// An answer above a payload limit: Lambda's 6 MB, or the gateway's 10 MB. The function reports success and then an error, and the
// REPORT has memory to spare; only some pages or resources fail. Lambda's own words name it, Errors count it.
import { bash, listed, shell } from '../model/advice.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { agreeing, cause, confirmed, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { functionErrors, gatewaySays } from './signs/clue-lines.ts';
import { codeFault, codeLooksAt, errorIn, ranWell, type CodeSeen } from './signs/code-faults.ts';
import { functionsOf } from '../model/deployed.ts';
import { errorClues } from './signs/error-words.ts';
import type { TooLargeFacts } from '../model/facts/code.ts';
import { gatewaySince, successesNeeded } from './signs/since.ts';

/** Largest answer of a synchronous invocation, in bytes, as Lambda's own message gives it (messages.md §4); the gateway's own limit is 10 MB (AWS, API Gateway quotas). */
const lambdaLimitBytes = 6_291_556;
const gatewayLimitBytes = 10_485_760;

const gatewayText = 'Integration response of reported length';

export default cause({
  id: 'response-too-large',
  title: 'An answer is larger than Lambda or the gateway lets through',
  about: {
    is: 'The function builds an answer above 6 MB (Lambda) or a backend one above 10 MB (the gateway): 502 or 500, on the pages or resources that are large.',
    told: 'Lambda’s Errors metric accounts for failures, and most lines that name an error speak of the payload’s size. Above the gateway’s own limit only its log tells, so that stays a suspicion.',
    withoutLogs: 'Confirmed by the function’s own log where the runtime writes the refusal; else it looks like any error of the code.',
  },
  looksAt: codeLooksAt,
  explains: ['lambda-unhandled-error', 'lambda-out-of-memory', 'lambda-malformed-response'],
  clues: [
    ...errorClues('tooLarge', 'messages.md §4, §9'),
    gatewaySays(
      [gatewayText],
      `(?:Execution failed due to configuration error: )?${gatewayText} \\d{1,12} bytes|${gatewayText}`,
      'messages.md §9',
    ),
    {
      kind: 'line',
      in: ['access'],
      gates: ['maximum allowed payload size', gatewayText],
      line: /Response payload size|Exceeded maximum|Integration response of reported length/,
      source: 'messages.md §4, §9 (a bare value of an access log)',
    },
    functionErrors('causes.md, response-too-large (Confirm)'),
  ],
  confirm,
  healed,
  advice,
});

function confirm(e: CodeSeen): Verdict<TooLargeFacts> {
  const found = codeFault(e, 'tooLarge');
  if (found.is === 'found')
    return confirmed(
      {
        functions: found.failing.map((f) => f.ref),
        limitBytes: lambdaLimitBytes,
        ...(found.quote ? { quote: errorIn(found.quote.line.text) } : {}),
      },
      found.by,
      found.explains,
    );
  const quote = e.executionLog.state === 'got' ? e.executionLog.value.lines.findLast(({ text }) => text.includes(gatewayText)) : undefined;
  if (!quote || e.deployedApi.state === 'missing') return found;
  // The gateway's own limit: no metric tells it from other failures, so the log is all there is.
  return agreeing(
    {
      functions: functionsOf(e.deployedApi.value).map((f) => f.ref),
      limitBytes: gatewayLimitBytes,
      quote: quote.text.slice(0, 300),
    },
    { kind: 'gatewayMetrics', why: 'empty', detail: 'no metric tells an answer above the gateway’s limit from other failures' },
  );
}

/** Above the gateway's limit no function counts an error: then the stage itself must answer without 5xx. */
function healed(e: CodeSeen, _at: StageRef, sinceAt: number, facts: TooLargeFacts): Healed {
  if (facts.limitBytes !== gatewayLimitBytes) return ranWell(e, facts.functions, sinceAt);
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt);
  const by = [
    {
      kind: 'gatewayMetrics' as const,
      trust: 'aws' as const,
      says: `${gateway?.requests ?? 0} requests since, ${gateway?.failures ?? 0} failed`,
    },
  ];
  if (gateway && gateway.failures > 0) return { is: 'stillThere', by };
  return gateway && gateway.minutes >= 2 && gateway.requests >= successesNeeded
    ? { is: 'healed', by }
    : { is: 'tooEarly', missing: [{ kind: 'gatewayMetrics', why: 'empty', detail: 'too few requests since' }] };
}

function advice(facts: TooLargeFacts | undefined): Advice {
  const names = (facts?.functions ?? []).map(functionKey);
  const first = facts?.functions[0];
  const limit = facts?.limitBytes === gatewayLimitBytes ? 'the gateway’s 10 MB' : 'Lambda’s 6 MB';
  return {
    summary: `${names.length > 0 ? listed(names) : 'A backend'} answers with more than ${limit}; that answer cannot get through.`,
    steps: [
      'See which page or resource it is: the others work. More memory or a longer timeout mends nothing.',
      'Answer in pages, or put the content in S3 and answer with a presigned URL (base64 makes a binary answer a third larger).',
      'A REST API can stream answers above the limit (responseTransferMode STREAM); the handler must stream too.',
      'If it began with a release that raised a page size: point the alias back at the version before.',
    ],
    snippets: first
      ? [
          bash(
            'Find the requests that ask for too much',
            `aws logs filter-log-events --log-group-name ${shell(`/aws/lambda/${first.name}`)} --filter-pattern '?"payload size" ?RequestEntityTooLarge ?"Runtime.ExitError"' --region ${shell(first.region)}`,
          ),
        ]
      : [],
  };
}
