// What API Gateway itself says of a method when it is called for a test: its own log of that one request, which no caller can forge. It calls
// the real backend, so only methods the owner listed are called; and it uses the *edited* configuration, never the deployed one (evidence.md §7).
import type { Aws } from '../aws/calls.ts';
import { nameOf } from '../model/deployed.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { TestInvoke } from '../model/kinds/backend.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    testInvoke: TestInvoke;
  }
}

const calls = ['apigateway:GetResources', 'apigateway:TestInvokeMethod'] as const;
type Calls = (typeof calls)[number];
/** Methods that are called in one look. */
const mostAsked = 2;
/** The largest page of GetResources; a listed method beyond it is not called. */
const page = 500;
/** The lines that say how it ended (messages.md §2); the others hold headers and bodies, which nobody needs to keep. */
const telling =
  /Execution failed|Lambda execution failed|Lambda invocation failed|Received response\. Status|Method completed with status|Gateway response type/;
const lineChars = 1_024;
const linesKept = 10;

export default collector({
  kind: 'testInvoke',
  title: 'A test call of a listed method',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 1 + mostAsked,
  // a test call waits as long as the integration does; the wire gives up before
  delayMs: 6_000,
  optIn: 'methods',
  async read(aws, { at, have: { deployedApi }, probes, now }) {
    if (deployedApi.state === 'missing') return missing(deployedApi.why, `which methods there are is not known: ${deployedApi.detail}`);
    if (at.apiType !== 'REST') return missing('notEnabled', 'only methods of a REST API can be called for a test');
    const asked = listedIn(deployedApi.value, probes?.methods ?? []).slice(0, mostAsked);
    if (asked.length === 0) return missing('notEnabled', 'no deployed method without path parameters is listed in probes.methods');
    const resources = await aws.call('apigateway:GetResources', { restApiId: at.apiId, limit: page });
    if (!resources.ok) return notHad(resources.error);
    const ids = new Map((resources.value.items ?? []).map((r) => [r?.path, r?.id]));
    const answers = await Promise.all(asked.map((a) => call(aws, at.apiId, a, ids.get(a.path), deployedApi.value)));
    const had = answers.flatMap((a) => (a.had ? [[a.name, a.had] as const] : []));
    const lost = Object.fromEntries(answers.flatMap((a) => (a.lost ? [[a.name, a.lost] as const] : [])));
    const [first] = Object.values(lost);
    return had.length === 0 && first ? first : got({ methods: Object.fromEntries(had), ...partly(lost) }, { from: now, to: now }, 'aws');
  },
});

interface Listed {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** The deployed routes that the owner listed; one with a path parameter cannot be called without a value for it. */
const listedIn = (api: DeployedApi, methods: readonly string[]): readonly Listed[] =>
  methods.flatMap((listed) => {
    const [method = '', path = ''] = listed.split(' ');
    const there = api.routes.some((r) => r.path === path && (r.method === method || r.method === 'ANY'));
    return there && !path.includes('{') ? [{ name: nameOf({ method, path }), method, path }] : [];
  });

interface Called {
  readonly name: string;
  readonly had?: TestInvoke['methods'][string];
  readonly lost?: Missing;
}

async function call(
  aws: Aws<Calls>,
  restApiId: string,
  { name, method, path }: Listed,
  resourceId: string | undefined,
  api: DeployedApi,
): Promise<Called> {
  if (resourceId === undefined) return { name, lost: missing('gone', `the edited API has no resource ${path}`) };
  const answer = await aws.call('apigateway:TestInvokeMethod', {
    restApiId,
    resourceId,
    httpMethod: method,
    pathWithQueryString: path,
    stageVariables: { ...api.variables },
  });
  if (!answer.ok) return { name, lost: notHad(answer.error) };
  const { status = 0, log = '', latency } = answer.value;
  const lines = log.split('\n').flatMap((line) => (telling.test(line) ? [line.slice(0, lineChars)] : []));
  return { name, had: { status, lines: lines.slice(-linesKept), ...(latency === undefined ? {} : { latencyMs: latency }) } };
}
