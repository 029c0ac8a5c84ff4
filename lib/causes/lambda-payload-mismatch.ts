// The code reads another event than the integration sends: format 1.0 against 2.0, or a proxy event where none is sent. What the
// code missed stands in its log; what is sent stands in the deployed integration, which no caller can forge.
import { bash, listed, shell } from '../model/advice.ts';
import { integrationInCode, integrationV2InCode } from './signs/code-of-gateway.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { agreeing, cause, confirmed, ref, ruledOut, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { functionErrors, functionSays } from './signs/clue-lines.ts';
import { codeFault, codeLooksAt, errorIn, ranWell, type CodeFault, type CodeSeen, type FailingFunction } from './signs/code-faults.ts';
import { nameOf } from '../model/deployed.ts';
import { eventFields } from './signs/error-vocabulary.ts';
import { errorClues, fieldIn, mayBeTheCode, otherErrors } from './signs/error-words.ts';
import { formIn, otherForm } from './signs/event-types.ts';
import type { PayloadFacts } from '../model/facts/code.ts';
import type { Integration } from '../model/kinds/api.ts';

/** A field of the event that is there and is no text, or no object, as the code takes it to be (V8's words). */
const misused = functionSays(
  ['is not a function', 'is not iterable'],
  String.raw`\bevent\.(?:${[...eventFields['1.0'], ...eventFields['2.0'], ...eventFields.proxy].join('|')})(?:\.\w{1,30} is not a function|\.\w{1,30} is not iterable| is not iterable)`,
  'causes.md, lambda-payload-mismatch (Arises)',
  otherErrors,
);

export default cause({
  id: 'lambda-payload-mismatch',
  title: 'The code reads another event than the integration sends',
  about: {
    is: 'The integration’s type or payload format and the handler do not fit: the code misses fields of the event and fails. 502 (REST) or 500 (HTTP).',
    told: 'Lambda’s Errors metric accounts for the failures, the log names a field of the event that the code did not find, and the deployed integration sends a form that has no such field. Where it does send the field, it is a slip of the code.',
    withoutLogs: 'Confirmed by the function’s own log and the deployed integration; without that log it looks like any error of the code.',
  },
  looksAt: codeLooksAt,
  explains: ['lambda-unhandled-error'],
  clues: [...errorClues('payload', 'messages.md §4'), misused, functionErrors('causes.md, lambda-payload-mismatch (Confirm)')],
  confirm,
  healed: (e: CodeSeen, _at: StageRef, sinceAt: number, facts: PayloadFacts): Healed =>
    ranWell(
      e,
      facts.functions.map((f) => f.ref),
      sinceAt,
    ),
  advice,
});

/** What an integration sends: `custom` for one that is no proxy; a REST or WebSocket proxy always sends the form of 1.0. */
const sentBy = (integration: Integration, at: StageRef): string =>
  integration.type === 'AWS'
    ? 'custom'
    : at.apiType === 'HTTP'
      ? (integration.payloadFormat ?? 'unknown')
      : at.apiType === 'REST'
        ? '1.0'
        : 'websocket';

type Reads = NonNullable<PayloadFacts['reads']>;
const groupOf = (field: string): Reads =>
  (['1.0', '2.0'] as const).find((format) => (eventFields[format] as readonly string[]).includes(field)) ?? 'proxy';

/** Format 2.0 leaves these out when a request has none of them; 1.0 sends null (AWS, "Payload format version"). */
const leftOut = ['body', 'pathParameters', 'queryStringParameters', 'stageVariables'];

/** Whether an event of this form has no such field. */
function lacks(field: string, sends: string): boolean | undefined {
  if (sends === 'unknown') return undefined;
  if (sends === 'custom') return true;
  const reads = groupOf(field);
  if (sends === 'websocket') return field !== 'requestContext' && field !== 'body' && field !== 'headers';
  return reads === 'proxy' ? sends === '2.0' && leftOut.includes(field) : reads !== sends;
}

const says = (text: string): boolean => misused.gates.some((gate) => text.includes(gate)) && misused.line.test(text) && mayBeTheCode(text);

function confirm(e: CodeSeen, at: StageRef): Verdict<PayloadFacts> {
  const found = codeFault(e, 'payload', ({ text }) => says(text));
  return found.is === 'found' ? judged(e, at, found) : found;
}

/** Without a field: no proxy event at all, or one of another form than the type that the error names. */
const otherTo = (sends: string, quote: string): true | undefined => (sends === 'custom' ? true : otherForm(formIn(quote), sends));

function judged(e: CodeSeen, at: StageRef, found: CodeFault): Verdict<PayloadFacts> {
  const quote = found.quote?.line.text ?? '';
  const field = fieldIn(quote);
  const functions = found.failing.map((f) => factsOf(f, at));
  const reads = field ? groupOf(field) : formIn(quote);
  const facts: PayloadFacts = { functions, quote: errorIn(quote), ...(field ? { field } : {}), ...(reads ? { reads } : {}) };
  const answers = functions.map((f) => (field === undefined ? otherTo(f.sends, quote) : lacks(field, f.sends)));
  const sends = ref(
    'deployedApi',
    e.deployedApi,
    functions.map((f) => `the event that ${f.routes.join(', ')} sends is ${inWords(f.sends)}`).join('; '),
  );
  if (answers.includes(true)) return confirmed(facts, [...found.by, sends], found.explains);
  if (answers.every((a) => a === false)) return ruledOut(sends);
  return agreeing(facts, {
    kind: 'deployedApi',
    why: 'empty',
    detail: 'whether the code fits the event that is sent is not told by the line',
  });
}

const factsOf = ({ ref: fn, errors, deployed }: FailingFunction, at: StageRef): PayloadFacts['functions'][number] => ({
  ref: fn,
  errors,
  routes: deployed.routes.map(nameOf),
  sends: [...new Set(deployed.routes.map((r) => sentBy(r.integration, at)))].sort().at(-1) ?? 'unknown',
});

const inWords = (sends: string): string =>
  sends === 'custom'
    ? 'what its mapping template makes (no proxy)'
    : sends === 'websocket'
      ? 'a WebSocket message'
      : sends === 'unknown'
        ? 'of a format that is not known'
        : `of payload format ${sends}`;

function advice(facts: PayloadFacts | undefined, at: StageRef): Advice {
  const first = facts?.functions[0];
  const wanted = facts?.reads === '2.0' ? '2.0' : '1.0';
  return {
    summary: first
      ? `${functionKey(first.ref)} reads ${facts.field ? `"${facts.field}", which` : 'an event that'} the deployed integration does not send: its event is ${inWords(first.sends)}.`
      : 'The code reads another event than the integration sends.',
    steps: [
      'If the API was just deployed or imported: put the integration back (type and payload format), or roll the stage back to the deployment before.',
      at.apiType === 'HTTP'
        ? `Else set the integration to the format the code reads (${wanted}), or let the code read the one it gets: in 2.0 the method is event.requestContext.http.method and the path is event.rawPath.`
        : 'Else use a Lambda proxy integration (AWS_PROXY), or let the code read what the mapping template sends.',
      `Routes: ${first ? listed(first.routes.slice(0, 5)) : 'see the deployed integrations'}.`,
    ],
    snippets:
      at.apiType === 'HTTP'
        ? [
            bash(
              'See what each integration sends',
              `aws apigatewayv2 get-integrations --api-id ${shell(at.apiId)} --region ${shell(at.region)} --query 'Items[].[IntegrationId,IntegrationUri,PayloadFormatVersion]'`,
            ),
            bash(
              `Send format ${wanted} (put the integration's id in place of ID)`,
              `aws apigatewayv2 update-integration --api-id ${shell(at.apiId)} --integration-id ID --payload-format-version ${wanted} --region ${shell(at.region)}`,
            ),
            ...integrationV2InCode(
              'Keep the format in code',
              first?.routes?.[0] ?? at.apiId,
              { PayloadFormatVersion: wanted },
              { payload_format_version: wanted },
            ),
          ]
        : [
            bash(
              'See the deployed integrations',
              `aws apigateway get-export --rest-api-id ${shell(at.apiId)} --stage-name ${shell(at.stage)} --export-type oas30 --parameters extensions=integrations --region ${shell(at.region)} /dev/stdout`,
            ),
            ...integrationInCode('Keep the proxy in code', first?.routes?.[0] ?? at.apiId, { Type: 'AWS_PROXY' }, { type: 'AWS_PROXY' }),
          ],
  };
}
