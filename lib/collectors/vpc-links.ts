// The VPC links that deployed integrations use. A REST API may use a link of either version (messages.md §9), so both are asked before a link
// is called gone.
import type { Answer, Aws } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { VpcLinkFact, VpcLinks } from '../model/kinds/network.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    vpcLinks: VpcLinks;
  }
}

const calls = ['apigateway:GetVpcLink', 'apigatewayv2:GetVpcLink'] as const;
type Calls = (typeof calls)[number];
type V1 = Extract<Answer<'apigateway:GetVpcLink'>, { ok: true }>['value'];
type V2 = Extract<Answer<'apigatewayv2:GetVpcLink'>, { ok: true }>['value'];

/** API Gateway's control plane is throttled hard (evidence.md §1): a stage uses one or two links. */
const linksRead = 4;

export default collector({
  kind: 'vpcLinks',
  title: 'VPC links of the deployed integrations',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 2 * linksRead,
  async read(aws, { at, have: { deployedApi }, now }) {
    if (deployedApi.state === 'missing') return missing(deployedApi.why, `which VPC links are used is not known: ${deployedApi.detail}`);
    const ids = [...new Set(deployedApi.value.routes.flatMap((r) => (r.integration?.vpcLink ? [r.integration.vpcLink] : [])))].sort();
    if (ids.length === 0) return missing('empty', 'no deployed integration uses a VPC link');
    // WebSocket APIs use links of version 1 too; only HTTP APIs cannot
    const read = at.apiType === 'HTTP' ? second : either;
    const answers = await Promise.all(ids.slice(0, linksRead).map(async (id) => [id, await read(aws, id)] as const));
    const links = Object.fromEntries(answers.flatMap(([id, a]) => (a.ok ? [[id, a.value]] : [])));
    const lost = Object.fromEntries(answers.flatMap(([id, a]) => (a.ok ? [] : [[id, a.error]])));
    const [first] = Object.values(lost);
    return Object.keys(links).length === 0 && first ? first : got({ links, ...partly(lost) }, { from: now, to: now }, 'aws');
  },
});

const gone = (id: string): VpcLinkFact => ({ id, exists: false, targets: [], securityGroups: [], subnets: [] });

async function either(aws: Aws<Calls>, id: string): Promise<Result<VpcLinkFact, Missing>> {
  const first = await aws.call('apigateway:GetVpcLink', { vpcLinkId: id });
  if (first.ok) return ok(firstVersion(id, first.value));
  const other = await second(aws, id);
  // a recorded case that tells of no such link tells of it in one version only
  if (first.error.kind === 'gone' && !other.ok && other.error.why === 'notRecorded') return ok(gone(id));
  const found = other.ok && other.value.exists;
  return found || first.error.kind === 'gone' ? other : err(notHad(first.error));
}

async function second(aws: Aws<Calls>, id: string): Promise<Result<VpcLinkFact, Missing>> {
  const answer = await aws.call('apigatewayv2:GetVpcLink', { VpcLinkId: id });
  if (answer.ok) return ok(secondVersion(id, answer.value));
  return answer.error.kind === 'gone' ? ok(gone(id)) : err(notHad(answer.error));
}

const texts = (list: readonly (string | undefined)[] | undefined): readonly string[] => (list ?? []).filter((x) => x !== undefined);

const firstVersion = (id: string, link: V1): VpcLinkFact => ({
  id,
  exists: true,
  version: 1,
  ...(link.status === undefined ? {} : { status: link.status }),
  ...(link.statusMessage === undefined ? {} : { message: link.statusMessage }),
  targets: texts(link.targetArns),
  securityGroups: [],
  subnets: [],
});
const secondVersion = (id: string, link: V2): VpcLinkFact => ({
  id,
  exists: true,
  version: 2,
  ...(link.VpcLinkStatus === undefined ? {} : { status: link.VpcLinkStatus }),
  ...(link.VpcLinkStatusMessage === undefined ? {} : { message: link.VpcLinkStatusMessage }),
  targets: [],
  securityGroups: texts(link.SecurityGroupIds),
  subnets: texts(link.SubnetIds),
});
