// A deployed integration is put together from a stage variable that the stage does not have, or leaves empty: its address leads nowhere.
// Certain by configuration alone; mended by setting the variable, without a deployment.
import { bash, listed, shell, stageArgs } from '../model/advice.ts';
import { variableInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf } from '../model/burst.ts';
import {
  agreeing,
  cause,
  confirmed,
  lacking,
  ref,
  ruledOut,
  unproven,
  type Advice,
  type Clue,
  type Healed,
  type Verdict,
} from '../model/cause.ts';
import { gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf } from '../model/deployed.ts';
import type { Evidence, EvidenceSet } from '../model/evidence.ts';
import type { VariableFacts } from '../model/facts/gateway.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { ApiTrail } from '../model/kinds/gateway.ts';
import { atOnset, changedBy, changeIn, endedAtGateway, worksAgain } from './signs/turned-away.ts';

const looksAt = ['deployedApi', 'functionConfig', 'gatewayMetrics', 'functionMetrics', 'apiTrail', 'executionLog', 'accessLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Variable = VariableFacts['variables'][number];

const invalid = 'Invalid stage variable';
/** Lambda's words for an ARN whose qualifier came out empty (messages.md §9). */
const emptyQualifier = "at 'functionName' failed to satisfy constraint";
/** What the gateway and Lambda say of an address that came out without its variable. */
const badAddress = ['Invalid endpoint address', 'Illegal character in'];
const spoken = [invalid, emptyQualifier, ...badAddress];
/** What a value may hold (causes.md, stage-variable-missing). */
const allowed = /^[A-Za-z0-9\-._~:/?#&=, ]*$/;

/** The gateway calls a function whose name or qualifier came out empty, or whose variable is still written out. */
const brokenAddress = (log: 'execution' | 'access' | 'function'): Clue => ({
  kind: 'line',
  in: [log],
  gates: [':/invocations', 'function:/invocations', emptyQualifier],
  line: new RegExp(String.raw`:function:(?:[\w-]{1,64}:)?/invocations|:function:(?:[\w-]{1,64}:)?' ${emptyQualifier}`),
  source: 'messages.md §9',
});

export default cause({
  id: 'stage-variable-missing',
  title: 'A stage variable that the integration needs is missing',
  about: {
    is: 'A deployed integration names its function, address, role or VPC link by a stage variable that the stage does not have or leaves empty. The client sees 500.',
    told: 'Each deployed integration is put together with the stage’s own variables; one stays open. The words of a log, requests that reached nothing, or a change of the stage just before say that this is what fails.',
    withoutLogs: 'Confirmed all the same: the deployed definition, the stage and the metrics are enough.',
  },
  looksAt,
  afterwards: ['apiTrail'],
  clues: [
    gatewaySays([invalid], `(?:Execution failed due to configuration error: )?${invalid}`, 'messages.md §9'),
    { kind: 'line', in: ['access'], gates: [invalid], line: new RegExp(invalid), source: 'messages.md §9' },
    brokenAddress('execution'),
    brokenAddress('access'),
    {
      kind: 'line',
      in: ['execution', 'access'],
      gates: badAddress,
      line: /Execution failed due to configuration error: (?:Invalid endpoint address|Illegal character in)/,
      hint: true,
      source: 'messages.md §2, §9',
    },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: open,
      title: 'a deployed integration uses a stage variable that the stage lacks',
      source: 'causes.md, stage-variable-missing (Confirm)',
    },
    {
      kind: 'shape',
      in: 'deployedApi',
      // whoever tells of nothing but this route and the variables of its stage has found the one that is not there
      shape: (api) => (api.partial === true ? open(api) : undefined),
      names: true,
      title: 'a report tells of an integration and of a stage that lacks its variable',
      source: 'causes.md, stage-variable-missing (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function open(api: DeployedApi): string | undefined {
  const [first] = openIn(api);
  return (
    first &&
    `${listed(first.routes.slice(0, 3))} needs the stage variable ${first.name}, which the stage ${first.why === 'empty' ? 'leaves empty' : 'does not have'}`
  );
}

/** Every variable that a deployed integration or authorizer needs and the stage does not fill. */
function openIn(api: DeployedApi): readonly Variable[] {
  const uses = [
    ...api.routes.map((r) => ({ name: r.integration?.unresolved, by: nameOf(r) })),
    ...(api.authorizers ?? []).map((a) => ({ name: a.unresolved, by: `the authorizer ${a.name}` })),
  ];
  const routes = new Map<string, string[]>();
  for (const { name, by } of uses) if (name !== undefined) routes.set(name, [...(routes.get(name) ?? []), by]);
  return [...routes].map(([name, by]) => ({ name, why: name in api.variables ? 'empty' : 'absent', routes: by }));
}

const badIn = (api: DeployedApi): readonly Variable[] =>
  Object.entries(api.variables).flatMap(([name, value]) =>
    allowed.test(value) ? [] : [{ name, why: 'badCharacters' as const, value, routes: [] }],
  );

/** A canary's share of the requests goes by its own values. */
const canaryIn = (api: DeployedApi): readonly Variable[] =>
  Object.entries(api.canary?.variables ?? {}).flatMap(([name, value]) =>
    value === '' ? [{ name, why: 'empty' as const, routes: [] }] : [],
  );

/** A variable whose value is the name or the qualifier of a function that is not there: what is confirmed is lambda-not-found, this is where it comes from. */
function nowhereIn(api: DeployedApi, config: Seen['functionConfig']): readonly Variable[] {
  const facts = config.state === 'got' ? config.value.functions : {};
  const lost = functionsOf(api).filter((f) => facts[f.key]?.exists === false);
  return Object.entries(api.variables).flatMap(([name, value]) => {
    const routes = lost
      .filter((f) => value !== '' && (f.ref.qualifier === value || f.ref.name === value))
      .flatMap((f) => f.routes.map(nameOf));
    return routes.length === 0 ? [] : [{ name, why: 'leadsNowhere' as const, value, routes }];
  });
}

function confirm(e: Seen): Verdict<VariableFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  const variables = openIn(api).map((v) => ({ ...v, ...historyOf(v, e.apiTrail) }));
  if (variables.length === 0) return withoutOpen(api, e);
  const facts: VariableFacts = { variables };
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  const said = [e.executionLog, e.accessLog].some(
    (log) => log.state === 'got' && log.value.lines.some((l) => spoken.some((words) => l.text.includes(words))),
  );
  const began = burst && (atOnset(api.lastUpdatedAt, burst) || variables.some((v) => atOnset(v.changed?.at, burst)));
  const related = burst
    ? burst.unexplained > 0 && (said || began === true || endedAtGateway(api, burst, e.gatewayMetrics, e.functionMetrics))
    : said;
  if (!related)
    return agreeing(
      facts,
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        'routes with an open stage variable exist; whether they are the ones that fail is not seen',
      ),
    );
  return confirmed(
    facts,
    variables.map((v) => ref('deployedApi', e.deployedApi, sentence(v))),
    burst?.unexplained,
  );
}

function withoutOpen(api: DeployedApi, e: Seen): Verdict<VariableFacts> {
  const doubtful = [...badIn(api), ...canaryIn(api), ...nowhereIn(api, e.functionConfig)];
  if (doubtful.length > 0)
    return agreeing(
      { variables: doubtful.map((v) => ({ ...v, ...historyOf(v, e.apiTrail) })) },
      lacking('deployedApi', e.deployedApi, doubtful.map(doubt).join('; ')),
    );
  const fits = changeIn(e.apiTrail, (c) => (c.edits ?? []).some((edit) => edit.path.startsWith('/variables/')));
  return ruledOut(
    ref(
      'deployedApi',
      e.deployedApi,
      `the stage has every variable that its deployed integrations use${fits ? `; one was last changed ${changedBy(fits)}` : ''}`,
    ),
  );
}

const doubt = (v: Variable): string =>
  v.why === 'badCharacters'
    ? `the stage variable ${v.name} holds characters that an address may not have`
    : v.why === 'leadsNowhere'
      ? `the stage variable ${v.name} is ${v.value ?? ''}, and Lambda has no such function, alias or version`
      : `the canary leaves the stage variable ${v.name} empty; which integrations use it is not seen`;

const sentence = (v: Variable): string =>
  `${listed(v.routes.slice(0, 3))} ${v.routes.length === 1 ? 'needs' : 'need'} the stage variable ${v.name}, which the stage ${v.why === 'empty' ? 'leaves empty' : 'does not have'}${
    v.changed ? `; last changed ${changedBy(v.changed)}` : ''
  }`;

/** The change that made it so, and the value it had before that. */
function historyOf(
  { name, value: present = '' }: Pick<Variable, 'name' | 'value'>,
  trail: Evidence<ApiTrail>,
): Pick<Variable, 'before' | 'changed'> {
  if (trail.state === 'missing') return {};
  const path = `/variables/${name}`;
  const changes = trail.value.changes.flatMap((change) => {
    const edit = change.edits?.find((one) => one.path === path);
    return edit ? [{ change, value: edit.op === 'remove' ? '' : (edit.value ?? '') }] : [];
  });
  const [newest] = changes;
  // the change that made it so may not be recorded yet: then the newest value is the one from before it
  const before = changes.find(({ value }) => value !== '' && value !== present)?.value;
  return { ...(newest?.value === present ? { changed: newest.change } : {}), ...(before === undefined ? {} : { before }) };
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: VariableFacts): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const still = openIn(e.deployedApi.value).filter((v) => facts.variables.some((was) => was.name === v.name));
  if (still.length > 0) return { is: 'stillThere', by: still.map((v) => ref('deployedApi', e.deployedApi, sentence(v))) };
  return worksAgain(e.gatewayMetrics, sinceAt, ref('deployedApi', e.deployedApi, 'the stage has every variable that its integrations use'));
}

const trouble = (v: Variable, at: StageRef): string => {
  if (v.why === 'badCharacters') return 'whose value holds characters that an address may not have';
  if (v.why === 'leadsNowhere') return `whose value, ${v.value ?? ''}, names a function, alias or version that Lambda does not have`;
  return `which stage ${at.stage} ${v.why === 'empty' ? 'leaves empty' : 'does not have'}`;
};

function advice(facts: VariableFacts | undefined, at: StageRef): Advice {
  const [first] = facts?.variables ?? [];
  const name = first?.name ?? '<name>';
  const value = first?.before ?? '<value>';
  return {
    summary: first
      ? `${listed(first.routes.slice(0, 3)) || 'An integration'} ${first.routes.length > 1 ? 'need' : 'needs'} the stage variable ${name}, ${trouble(first, at)}.${first.changed ? ` It was last changed ${changedBy(first.changed)}.` : ''}`
      : 'An integration needs a stage variable that the stage does not have.',
    steps: [
      first?.before === undefined
        ? `Find the value that ${name} should have: another stage of the API, or the code that deploys it.`
        : `Set ${name} back to ${first.before}, its value before (CloudTrail). First see that what it names still exists.`,
      'Set the variable; it works at once, without a deployment.',
      'If callers then see another 500: the function behind the new address may lack the permission to be invoked, which is the usual second fault.',
      'Keep the variable in the code that deploys the stage, so that the next deploy does not drop it.',
    ],
    snippets: [
      bash(
        `See the variables of ${at.stage}`,
        at.apiType === 'REST'
          ? `aws apigateway get-stage ${stageArgs(at)} --query variables`
          : `aws apigatewayv2 get-stage ${stageArgs(at)} --query StageVariables`,
      ),
      bash(
        `Set ${name}`,
        at.apiType === 'REST'
          ? `aws apigateway update-stage ${stageArgs(at)} --patch-operations op=replace,path=/variables/${name},value=${shell(value)}`
          : `aws apigatewayv2 update-stage ${stageArgs(at)} --stage-variables ${shell(`${name}=${value}`)}`,
      ),
      ...variableInCode(at, name, value),
    ],
  };
}
