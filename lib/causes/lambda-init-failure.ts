// The function cannot start: a module or the handler is missing, the package is for another architecture, the entry point does not
// run. Every call of that version fails, so Errors equal Invocations; a log says why, and only the two together prove it.
import { bash, functionArgs, shell } from '../model/advice.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { agreeing, cause, confirmed, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { functionErrors, functionSays } from './signs/clue-lines.ts';
import { codeFault, codeLooksAt, errorIn, lastChange, ranWell, type CodeSeen, type FailingFunction } from './signs/code-faults.ts';
import { endedEarly, errorClues, mayBeTheCode } from './signs/error-words.ts';
import type { InitFailureFacts } from '../model/facts/code.ts';
import { loadingFrames, roseWhileLoading } from './signs/loading.ts';
import type { LogLine } from '../model/signal.ts';

/** A version that cannot start fails every call; a few of another version of the same alias may succeed beside it. */
const nearlyAll = 0.9;

export default cause({
  id: 'lambda-init-failure',
  title: 'The Lambda function cannot start',
  about: {
    is: 'The function fails before its handler runs: a missing module, a wrong handler, a package for another architecture, an entry point that does not run. 502 (REST) or 500 (HTTP).',
    told: 'Nearly every call of the function is an error in Lambda’s metrics, and most lines of its log that name an error name one of the start. A log that names it while other calls succeed leaves it a suspicion.',
    withoutLogs:
      'Confirmed by the function’s own log; without that too it looks like any error of the code, and the message names the log it needs.',
  },
  looksAt: codeLooksAt,
  explains: ['lambda-unhandled-error', 'lambda-timeout', 'lambda-cold-start'],
  clues: [
    ...errorClues('init', 'messages.md §4, §9'),
    // A text that the runtime cannot parse; a SyntaxError that speaks of JSON is one of the data.
    functionSays(['SyntaxError'], String.raw`SyntaxError: |"errorType"\s{0,4}:\s{0,4}"SyntaxError"`, 'messages.md §4', ['JSON']),
    loadingFrames,
    endedEarly,
    functionErrors('causes.md, lambda-init-failure (Confirm)'),
  ],
  confirm,
  healed: (e: CodeSeen, _at: StageRef, sinceAt: number, facts: InitFailureFacts): Healed =>
    ranWell(
      e,
      facts.functions.map((f) => f.ref),
      sinceAt,
    ),
  advice,
});

/** Errors of the start that no word names: a text that does not parse, and whatever rose while the code was loaded. */
const unnamed = ({ text }: LogLine): boolean =>
  (text.includes('SyntaxError') && !text.includes('JSON') && mayBeTheCode(text)) || roseWhileLoading(text);

function confirm(e: CodeSeen): Verdict<InitFailureFacts> {
  const found = codeFault(e, 'init', unnamed);
  if (found.is !== 'found') return found;
  const dead = found.failing.filter((f) => f.errors >= nearlyAll * f.invocations);
  const facts: InitFailureFacts = {
    functions: (dead.length > 0 ? dead : found.failing).map(factsOf),
    ...(found.quote ? { quote: errorIn(found.quote.line.text) } : {}),
  };
  if (dead.length > 0) return confirmed(facts, found.by, found.explains);
  const detail = `the log names a failed start, and yet ${found.failing.map((f) => `${f.invocations - f.errors} of ${f.invocations} calls of ${f.key}`).join(', ')} succeeded`;
  return agreeing(facts, { kind: 'functionMetrics', why: 'empty', detail });
}

function factsOf({ ref, errors, fact }: FailingFunction): InitFailureFacts['functions'][number] {
  const architecture = fact?.architectures?.join(', ');
  return {
    ref,
    errors,
    ...(fact?.handler === undefined ? {} : { handler: fact.handler }),
    ...(fact?.runtime === undefined ? {} : { runtime: fact.runtime }),
    ...(architecture ? { architecture } : {}),
    ...(fact?.lastModifiedAt === undefined ? {} : { modifiedAt: fact.lastModifiedAt }),
  };
}

/** What the configuration says that the package must fit. */
function mustFit(f: InitFailureFacts['functions'][number]): string {
  const parts = [
    f.handler && `handler ${f.handler}`,
    f.runtime && `runtime ${f.runtime}`,
    f.architecture && `architecture ${f.architecture}`,
  ];
  const said = parts.filter((part) => part);
  return said.length === 0 ? 'its handler, runtime and architecture' : said.join(', ');
}

function advice(facts: InitFailureFacts | undefined): Advice {
  const first = facts?.functions[0];
  return {
    summary: first
      ? `${functionKey(first.ref)} cannot start: no call reaches its code.`
      : 'A function cannot start: no call reaches its code.',
    steps: [
      facts?.quote ? `The log says: ${facts.quote.slice(0, 200)}` : 'Read the first error in the function’s log: it names what is missing.',
      ...lastChange(first?.modifiedAt),
      first?.ref.qualifier
        ? 'Point the alias back at the version before; that mends it at once.'
        : 'Deploy the version before again; that mends it at once.',
      `Then mend the package. It must fit what is configured: ${first ? mustFit(first) : 'handler, runtime and architecture'}.`,
      'Nobody deployed? Look whether a layer was removed, or the runtime was updated: the log’s INIT_START line names the runtime version.',
    ],
    snippets: first
      ? [
          bash(
            'See what it is made of',
            `aws lambda get-function-configuration ${functionArgs(first.ref)} --query '{Handler:Handler,Runtime:Runtime,Architectures:Architectures,Layers:Layers[].Arn,Modified:LastModified}'`,
            `aws lambda list-versions-by-function --function-name ${shell(first.ref.name)} --region ${shell(first.ref.region)} --query 'Versions[-3:].[Version,LastModified]'`,
          ),
          ...(first.ref.qualifier
            ? [
                bash(
                  'Point the alias back (put the good version in place of N)',
                  `aws lambda update-alias --function-name ${shell(first.ref.name)} --name ${shell(first.ref.qualifier)} --function-version N --region ${shell(first.ref.region)}`,
                ),
              ]
            : []),
        ]
      : [],
  };
}
