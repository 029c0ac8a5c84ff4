// What stands behind the route answered, and the gateway has no mapping for that answer: no default, a status the method does not declare, a
// template that cannot be run. When the answer itself was a refusal, the refusal is the root and this its consequence.
import { bash, listed, shell } from '../model/advice.ts';
import { answerInCode } from './signs/code-of-gateway.ts';
import { deployAgain, findResource, onMethod, rollBack } from './signs/advice-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { agreeing, cause, lacking, type Advice, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { MappingFacts, MappingFault, MappingWhat } from '../model/facts/direct.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { answerFaults, inWords, mappedRoutes, swallowsText } from './signs/mapping-checks.ts';
import {
  binarySeen,
  judgeMapping,
  mappingHealed,
  mappingLooksAt,
  quoteOf,
  type MappingSigns,
  type MappingSeen,
} from './signs/mapping-signs.ts';
import { placesUnknown, serviceCallsOf } from '../model/service-call.ts';
import { upstreamRefused } from './signs/upstream.ts';

const failed = '(?:Execution failed due to configuration error: )?';
const noMatch = 'No match for output mapping';
const undeclared = 'Output mapping refers to an invalid method response';
const transform = 'Unable to transform response';
/** A refusal of the service behind the route: what it refused is the cause, and the missing mapping hides it. */
const notARefusal = String.raw`(?!.{0,60}Endpoint Response Status Code: (?:400|403|429)\b)`;

/** Which of the gateway's words speaks of which fault. */
const spoken: Readonly<Record<string, readonly MappingWhat[]>> = {
  [noMatch]: ['no-answer', 'no-default-answer'],
  [undeclared]: ['undeclared-status'],
  [transform]: ['answer-syntax'],
};

export default cause({
  id: 'response-mapping-error',
  title: 'An answer from behind the gateway fits no mapping',
  about: {
    is: 'The integration answered, and the gateway could not turn its answer into one for the client: no mapping matches, the mapping’s status is not declared, or its template cannot be run. The client sees 500.',
    told: 'The deployed answers are read: no default, a status that the method does not declare, a template with a fault. The gateway’s line, or numbers that leave no other place, say that this is what fails. A refusal behind it (400, 403, 429) is the root.',
    withoutLogs: 'Confirmed where every route fails by it; otherwise suspected when a deployed mapping takes no usual answer.',
  },
  looksAt: mappingLooksAt,
  clues: [
    gatewaySays([noMatch, undeclared], `${failed}(?:${noMatch}${notARefusal}|${undeclared})`, 'messages.md §2'),
    accessSays([noMatch, undeclared], `${noMatch}${notARefusal}|${undeclared}`, 'messages.md §2'),
    { ...gatewaySays([noMatch, transform], `${failed}(?:${noMatch}|${transform})`, 'messages.md §2'), hint: true },
    { ...accessSays([noMatch, transform], `${noMatch}|${transform}`, 'messages.md §2'), hint: true },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api) => inWords(answerFaults(api).filter((f) => f.always))[0],
      title: 'a deployed mapping takes no usual answer',
      source: 'causes.md, response-mapping-error (Confirm)',
    },
  ],
  confirm,
  healed: (e, _at, sinceAt) => mappingHealed(e, sinceAt, answerFaults),
  advice,
});

function confirm(e: MappingSeen, at: StageRef): Verdict<MappingFacts> {
  const verdict = judgeMapping(e, (api) => signs(e, api), said(e, binarySeen(e)));
  const refused = verdict.is === 'confirmed' && callsServices(e, at) ? upstreamRefused(e) : undefined;
  // true, and a consequence only: what the service refused is what has to be mended
  return verdict.is === 'confirmed' && refused !== undefined
    ? agreeing(verdict.facts, lacking('executionLog', e.executionLog, `behind the missing mapping stands a refusal: ${refused}`))
    : verdict;
}

/** Only an AWS service refuses in a way that is a cause of its own; what an HTTP backend answers is the mapping's to take. */
const callsServices = (e: MappingSeen, at: StageRef): boolean =>
  e.deployedApi.state === 'got' && (placesUnknown(e.deployedApi.value, at) || serviceCallsOf(e.deployedApi.value, at).length > 0);

const said = (e: MappingSeen, binary: boolean): string | undefined =>
  quoteOf(e, [noMatch, undeclared]) ?? (binary ? undefined : quoteOf(e, [transform]));

function signs(e: MappingSeen, api: DeployedApi): MappingSigns {
  const binary = binarySeen(e) || swallowsText(api) !== undefined;
  const quote = said(e, binary);
  const all = answerFaults(api);
  const text = Object.keys(spoken).find((words) => quote?.includes(words));
  return {
    faults: text === undefined ? all : all.filter((f) => spoken[text]?.includes(f.what)),
    quote,
    impossible: mappedRoutes(api).length > 0 || api.partial === true ? undefined : 'every deployed route passes answers on as they are',
    before: false,
  };
}

function advice(facts: MappingFacts | undefined, at: StageRef): Advice {
  const first = facts?.routes[0];
  return {
    summary: first
      ? `${listed(inWords(facts?.routes ?? []).slice(0, 3))}.`
      : 'The gateway has no mapping for what the integration answers.',
    steps: [
      'Look at the status in the line ("Endpoint Response Status Code"): a 400, 403 or 429 is a refusal of the service behind the route, and that comes first.',
      'What stands behind the route may have done its work each time: callers who try again do it twice.',
      'If the mapping was lost with the last deployment, go back to the one before.',
      'Add a default answer (an empty selection pattern), and declare the status it becomes; then deploy: an edit is served only once it is deployed.',
    ],
    snippets:
      at.apiType === 'REST'
        ? [...(first ? [mend(at, first)] : []), rollBack(at), ...(first ? answerInCode(first.route, first.status ?? '200') : [])]
        : [rollBack(at)],
  };
}

function mend(at: StageRef, { method, path, route, status }: MappingFault) {
  const edit =
    status === undefined
      ? `${onMethod(at, 'put-integration-response', method)} --status-code 200 --selection-pattern ''`
      : `${onMethod(at, 'put-method-response', method)} --status-code ${shell(status)}`;
  const title = status === undefined ? `Give ${route} a default answer` : `Let ${route} declare ${status}`;
  return bash(title, findResource(at, path), edit, deployAgain(at));
}
