// The deployed integration names a function, alias or version that Lambda does not have. The gateway often says the same as for
// a missing permission (messages.md §9), so only Lambda's own answer tells the two apart.
import { bash, functionArgs, listed } from '../model/advice.ts';
import { functionKey, type StageRef } from '../model/api.ts';
import { burstOf, faultOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf } from '../model/deployed.ts';
import { wasLookedAt, type Evidence, type EvidenceSet } from '../model/evidence.ts';
import type { NotFoundFacts } from '../model/facts/lambda.ts';
import type { FunctionConfig } from '../model/kinds/function.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { failures } from '../model/series.ts';
import { eachOf, functionSince, successesNeeded } from './signs/since.ts';

const looksAt = ['deployedApi', 'functionConfig', 'functionMetrics', 'gatewayMetrics', 'executionLog', 'accessLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Lost = NotFoundFacts['functions'][number];

const sameText = ['Invalid permissions on Lambda function', 'have permissions to call the integration'];
const texts = ['Function not found', 'are not reachable in this region', ...sameText];

/** Lambda's words for a function or alias that it does not have. */
const lostWords = ['Function not found: ', 'Cannot find alias arn: ', 'Alias not found: '];

export default cause({
  id: 'lambda-not-found',
  title: 'The API calls a Lambda function, alias or version that does not exist',
  about: {
    is: 'The deployed stage still names a function, alias or version that was deleted or renamed. The gateway often says the same as for a missing permission.',
    told: 'Lambda’s own answer to the name that the deployment holds is *not found*, and a log line or the numbers (requests that reached no function) say that this is what fails.',
    withoutLogs: 'Confirmed all the same: Lambda’s answer and the metrics are enough.',
  },
  looksAt,
  clues: [
    gatewaySays(
      ['Function not found', 'are not reachable in this region'],
      String.raw`(?:Execution failed due to configuration error: )?(?:Function not found|Functions from '[a-z0-9-]{1,30}' are not reachable in this region)`,
      'messages.md §2, §9',
    ),
    accessSays(
      ['Function not found', 'are not reachable in this region'],
      'Function not found|are not reachable in this region',
      'messages.md §2, §9',
    ),
    // Lambda's own answer, dumped as the body or standing alone
    gatewaySays(
      lostWords,
      String.raw`(?:Endpoint response body before transformations: \{.{0,200}|\w{3,40}Exception: )?(?:Function not found: |Cannot find alias arn: |Alias not found: )`,
      'messages.md §5',
    ),
    accessSays(lostWords, 'Cannot find alias arn: |Alias not found: ', 'messages.md §5'),
    gatewaySays(['failed with status: 404'], 'Lambda invocation failed with status: 404', 'messages.md §2, §5'),
    // the gate is on the line too: the gateway itself failed, since Lambda answered 404
    accessSays(['INTEGRATION_FAILURE'], String.raw`integrationStatus"?\s?[:=]\s?"?404\b`, 'messages.md §8'),
    {
      kind: 'shape',
      in: 'executionLog',
      shape: sayTheSame,
      title: 'a line with the words of a missing permission, which a missing function gives too',
      source: 'messages.md §2 (the same text as a missing permission)',
    },
    {
      kind: 'shape',
      in: 'accessLog',
      shape: sayTheSame,
      title: 'a line with the words of a missing permission, which a missing function gives too',
      source: 'messages.md §6 (the same text as a missing permission)',
    },
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: failures,
      title: 'the stage answers with 5xx',
      source: 'causes.md, lambda-permission-missing (Metrics)',
    },
    {
      kind: 'shape',
      in: 'functionConfig',
      shape: gone,
      title: 'Lambda answers *not found* for a function, alias or version',
      source: 'causes.md, lambda-not-found (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function sayTheSame(log: LogLines): string | undefined {
  return log.lines.find((line) => sameText.some((text) => line.text.includes(text)))?.text;
}

function gone(config: FunctionConfig): string | undefined {
  const lost = Object.entries(config.functions).find(([, f]) => !f.exists);
  return lost && `Lambda has no ${lost[0]}: ${lost[1].notFound ?? 'not found'}`;
}

function confirm(e: Seen): Verdict<NotFoundFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionConfig.state === 'missing')
    return e.functionConfig.why === 'empty' && wasLookedAt(e.functionConfig)
      ? ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route calls a Lambda function'))
      : unproven(lacking('functionConfig', e.functionConfig));
  const facts = e.functionConfig.value.functions;
  const functions = functionsOf(e.deployedApi.value);
  const lost = functions.filter((f) => facts[f.key]?.exists === false);
  const unread = functions.filter((f) => facts[f.key] === undefined);
  if (lost.length === 0)
    return unread.length > 0
      ? unproven(lacking('functionConfig', e.functionConfig, `${listed(unread.map((f) => f.key))} could not be read`))
      : ruledOut(
          ref('functionConfig', e.functionConfig, `${listed(functions.map((f) => f.key))} ${functions.length === 1 ? 'exists' : 'exist'}`),
        );
  return relate(
    lost.map((f) => ({ key: f.key, fact: { ref: f.ref, what: facts[f.key]?.notFound ?? 'not found', routes: f.routes.map(nameOf) } })),
    e,
  );
}

/** That it is gone is a fact; that it is this burst's fault needs a sign, as for a missing permission. */
function relate(lost: readonly { readonly key: string; readonly fact: Lost }[], e: Seen): Verdict<NotFoundFacts> {
  const burst = e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;
  const said = [e.executionLog, e.accessLog].some(saysSo);
  const related = lost.filter(faultOf(burst, said, e.functionMetrics));
  const facts: NotFoundFacts = { functions: (related.length > 0 ? related : lost).map((l) => l.fact) };
  if (related.length === 0)
    return agreeing(
      facts,
      lacking('gatewayMetrics', e.gatewayMetrics, 'a deployed function is gone; whether its routes are the ones that fail is not seen'),
    );
  return confirmed(
    facts,
    facts.functions.map((f) =>
      ref(
        'functionConfig',
        e.functionConfig,
        `Lambda has no ${functionKey(f.ref)} (${f.what}), and ${listed(f.routes.slice(0, 3))} ${f.routes.length === 1 ? 'calls' : 'call'} it`,
      ),
    ),
    burst?.unexplained,
  );
}
const saysSo = (log: Evidence<LogLines>): boolean =>
  log.state === 'got' && log.value.lines.some((line) => texts.some((text) => line.text.includes(text)));

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: NotFoundFacts): Healed {
  if (e.functionConfig.state === 'missing') return { is: 'tooEarly', missing: [lacking('functionConfig', e.functionConfig)] };
  const config = e.functionConfig.value.functions;
  const still = facts.functions.filter((f) => config[functionKey(f.ref)]?.exists === false);
  if (still.length > 0)
    return { is: 'stillThere', by: still.map((f) => ref('functionConfig', e.functionConfig, `Lambda still has no ${functionKey(f.ref)}`)) };
  const seen = eachOf(
    facts.functions,
    (f) =>
      config[functionKey(f.ref)]?.exists === true &&
      (functionSince(e.functionMetrics, functionKey(f.ref), sinceAt)?.invocations ?? 0) >= successesNeeded,
  );
  return seen
    ? {
        is: 'healed',
        by: [ref('functionConfig', e.functionConfig, 'it exists again'), ref('functionMetrics', e.functionMetrics, 'it was invoked since')],
      }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

function advice(facts: NotFoundFacts | undefined, at: StageRef): Advice {
  const names = (facts?.functions ?? []).map((f) => functionKey(f.ref));
  return {
    summary:
      names.length > 0
        ? `The stage ${at.apiId}/${at.stage} still names ${listed(names)}, which Lambda does not have.`
        : `The stage ${at.apiId}/${at.stage} names a function that Lambda does not have.`,
    steps: [
      'If it was renamed or replaced: deploy the API again, so that the stage names the new function; adding a permission mends nothing.',
      'If it was deleted by mistake: deploy it again from its code, under the same name and alias, with its permission for API Gateway.',
      'If only an alias or version is gone: create the alias again at the last good version, and keep at least one old version.',
    ],
    snippets: (facts?.functions ?? [])
      .slice(0, 3)
      .map((f) =>
        bash(
          `See what Lambda has of ${f.ref.name}`,
          `aws lambda get-function-configuration ${functionArgs(f.ref)}`,
          `aws lambda list-aliases --function-name ${f.ref.name} --region ${f.ref.region}`,
        ),
      ),
  };
}
