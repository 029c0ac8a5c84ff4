// A request template cannot be run, or a mock's template names no status: the request fails inside the gateway, before anything is called.
// The same line arises where a body was taken for binary (payload-encoding): the deployed definition tells the two apart.
import { bash, listed } from '../model/advice.ts';
import { integrationInCode } from './signs/code-of-gateway.ts';
import { deployAgain, findResource, onMethod, rollBack } from './signs/advice-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { cause, type Advice } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { MappingFacts, MappingFault } from '../model/facts/direct.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { hasTemplates, inWords, readsBytes, requestFaults, swallowsText } from './signs/mapping-checks.ts';
import {
  binarySeen,
  judgeMapping,
  mappingHealed,
  mappingLooksAt,
  quoteOf,
  type MappingSigns,
  type MappingSeen,
} from './signs/mapping-signs.ts';

const failed = '(?:Execution failed due to configuration error: )?';
/** The gateway's words that mean nothing else. */
const certainTexts = ['Unable to parse statusCode', 'statusCode should be an integer', 'header already present'];
const certainWords = String.raw`(?:Unable to parse statusCode|statusCode should be an integer|[\w-]{1,64} header already present)`;
const certainInAField = 'Unable to parse statusCode|statusCode should be an integer|header already present';
const transform = 'Unable to transform request';
/** Also said of a path variable that no mapping fills. */
const expression = 'Invalid mapping expression';
/** Lambda's words for what a template handed it that is no JSON (its InvalidRequestContentException): with a proxy integration the gateway writes the JSON itself. */
const notJson = ['Could not parse request body into json', 'Could not parse payload into json'];
const notJsonWords = 'Could not parse (?:request body|payload) into json';
/** The same words of a call that a function made. */
const ofAFunction = ['errorMessage', 'errorType', 'stackTrace', 'calling the Invoke operation'];

export default cause({
  id: 'mapping-template-error',
  title: 'A request template cannot be run',
  about: {
    is: 'The template that makes the integration’s request fails in the gateway: a fault in its syntax, a value that some payloads lack, or a mock that names no status. The client sees 500, and nothing behind the gateway is called.',
    told: 'The deployed templates are read for faults that need no request: blocks and parentheses that are not closed, a mock without an integer statusCode. A log line, or numbers that leave no other place, then say that this is what fails.',
    withoutLogs:
      'Confirmed where every route fails by it; otherwise suspected when a deployed template has such a fault. A template that fails on some payloads only is not seen.',
  },
  looksAt: mappingLooksAt,
  clues: [
    gatewaySays(certainTexts, failed + certainWords, 'messages.md §2, §9'),
    accessSays(certainTexts, certainInAField, 'messages.md §2, §9'),
    gatewaySays(
      notJson,
      `(?:Endpoint response body before transformations: )?(?:[{"].{0,200})?${notJsonWords}`,
      'causes.md, mapping-template-error (Confirm)',
      ofAFunction,
    ),
    accessSays(notJson, notJsonWords, 'causes.md, mapping-template-error (Confirm)', ofAFunction),
    { ...gatewaySays([transform, expression], `${failed}(?:${transform}|${expression})`, 'messages.md §2'), hint: true },
    { ...accessSays([transform, expression], `${transform}|${expression}`, 'messages.md §2'), hint: true },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api) => inWords(requestFaults(api).filter((f) => f.always))[0],
      title: 'a deployed request template has a fault',
      source: 'causes.md, mapping-template-error (Confirm)',
    },
  ],
  confirm: (e) => judgeMapping(e, (api) => signs(e, api), said(e, binarySeen(e)) ?? quoteOf(e, notJson)),
  healed: (e, _at, sinceAt) => mappingHealed(e, sinceAt, requestFaults),
  advice,
});

/** A body that was taken for bytes fails with the same words: then only the words that mean nothing else count. */
const said = (e: MappingSeen, binary: boolean): string | undefined =>
  quoteOf(e, certainTexts) ?? (binary ? undefined : quoteOf(e, [transform, expression]));

function signs(e: MappingSeen, api: DeployedApi): MappingSigns {
  const all = requestFaults(api);
  const binary = binarySeen(e) || swallowsText(api) !== undefined || readsBytes(api);
  const own = said(e, binary && !all.some((f) => f.what === 'template-syntax'));
  // a template that cannot be run hands nothing on: what came to Lambda is another template's, or some payload's
  const handed = own === undefined ? quoteOf(e, notJson) : undefined;
  return {
    faults: handed === undefined ? all : [],
    quote: own ?? handed,
    impossible: hasTemplates(api) || api.partial === true ? undefined : 'no deployed route has a template or maps a parameter',
    before: true,
  };
}

function advice(facts: MappingFacts | undefined, at: StageRef): Advice {
  const first = facts?.routes[0];
  return {
    summary: first ? `${listed(inWords(facts?.routes ?? []).slice(0, 3))}.` : 'A request template fails on what callers send.',
    steps: [
      'If the fault came with the last deployment, go back to the one before.',
      first?.what === 'mock-status'
        ? 'Let the template of the mock write an integer: {"statusCode": 200}.'
        : 'Correct the template: close each #if, #foreach and #set, test for values that may be missing, and put text into JSON with $util.escapeJavaScript.',
      'Try it with the console’s Test on that method, then deploy: an edit is served only once it is deployed.',
    ],
    snippets:
      at.apiType === 'REST' ? [...(first ? [mend(at, first)] : []), rollBack(at), ...(first ? templateOf(first) : [])] : [rollBack(at)],
  };
}

/** A mock's template is known; any other is the owner's to correct. */
function templateOf({ route, what }: MappingFault): Advice['snippets'] {
  const template = what === 'mock-status' ? '{"statusCode": 200}' : 'THE_CORRECTED_TEMPLATE';
  return integrationInCode(
    'Keep the template in code',
    route,
    { RequestTemplates: { 'application/json': template } },
    { request_templates: { map: { 'application/json': template } } },
  );
}
const mend = (at: StageRef, fault: MappingFault) =>
  bash(
    fault.what === 'mock-status' ? `Give the mock of ${fault.route} a status` : `Put a corrected template on ${fault.route}`,
    findResource(at, fault.path),
    fault.what === 'mock-status'
      ? `${onMethod(at, 'put-integration', fault.method)} --type MOCK --request-templates '{"application/json":"{\\"statusCode\\": 200}"}'`
      : `${onMethod(at, 'update-integration', fault.method)} --patch-operations file://corrected-template.json`,
    deployAgain(at),
  );
