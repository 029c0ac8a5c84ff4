// What a report presupposes without saying it: ids, and the way from the API to what it tells of. Nothing about any state: whoever tells
// of unhealthy targets has found their balancer, and nobody said whether the balancer is well.
import type { StageRef } from '../../model/api.ts';
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { CallName } from '../calls.ts';
import type { RecordedAnswer, RecordedCase } from './case.ts';
import { balancerArn, linkId, listenerArn, speaksOfLinks, targetGroupArn } from './deployed.ts';
import { answersTo } from './place.ts';

/** Whoever tells of targets has found their balancer, whoever tells of a balancer its link: the way there, and nothing about its state. */
export function presupposedBy({ one, at }: { readonly one: RecordedCase; readonly at: StageRef }, name: CallName): JsonObject | undefined {
  if (name === 'apigateway:GetDomainNames') return domainsOf(one);
  if (name === 'apigateway:GetBasePathMappings' || name === 'apigatewayv2:GetApiMappings') return mappingsOf(one, at);
  const link = linkListed(one, name);
  if (link) return link;
  if (name === 'lambda:GetFunctionConfiguration') return placedFunction(one);
  if (name === 'apigatewayv2:GetRoutes') return routesOf(one);
  if (!speaksOfLinks(one)) return undefined;
  const [balancer, listener, group] = [balancerArn(at.region), listenerArn(at.region), targetGroupArn(at.region)];
  switch (name as string) {
    case 'apigateway:GetVpcLink':
      return at.apiType === 'REST' ? { id: linkId, targetArns: [balancer] } : undefined;
    case 'elbv2:DescribeListeners':
      return {
        Listeners: [{ ListenerArn: listener, LoadBalancerArn: balancer, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] }],
      };
    case 'elbv2:DescribeTargetGroups':
      return { TargetGroups: [{ TargetGroupArn: group, LoadBalancerArns: [balancer] }] };
    case 'elbv2:DescribeLoadBalancers':
      return { LoadBalancers: [{ LoadBalancerArn: balancer, ...groupsBesideListener(one) }] };
    default:
      return undefined;
  }
}

/** Whoever shows a route with an empty target has listed the routes. A route without a word of its target says nothing. */
function routesOf(one: RecordedCase): JsonObject | undefined {
  const shown = answersTo(one, 'apigatewayv2:GetRoute').flatMap(({ output: { Target, ...rest } }) =>
    Target === '' || Target === null ? [rest] : [],
  );
  return shown.length === 0 ? undefined : { Items: shown };
}

/** Whoever tells of a listener and of one security group beside it tells of the balancer's; the groups of a link are stated with the link. */
function groupsBesideListener(one: RecordedCase): JsonObject {
  const answers = one.answers ?? [];
  if (!answers.some((a) => a.call === 'elbv2:DescribeListeners')) return {};
  const ids = answers.filter((a) => a.call === 'ec2:DescribeSecurityGroups').map((a) => asObject(a.input)?.['GroupIds']);
  const [only, ...others] = ids.flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
  return only === undefined || others.length > 0 ? {} : { SecurityGroups: [only] };
}

/** Whoever tells of endpoints or routes of a VPC beside a function has found the function in it. */
function placedFunction(one: RecordedCase): JsonObject | undefined {
  const told = (one.answers ?? []).some((a) => /^ec2:Describe(?:VpcEndpoints|RouteTables|NatGateways|Subnets)$/.test(a.call));
  return told && !speaksOfLinks(one) ? { VpcConfig: { SubnetIds: ['subnet-recorded'], SecurityGroupIds: [] } } : undefined;
}

/** Whoever tells of a domain, or of where it leads, has a domain. */
function domainsOf(one: RecordedCase): JsonObject | undefined {
  const told = (one.answers ?? []).filter((a) => /:Get(?:DomainName|BasePathMappings?|ApiMappings?)$/.test(a.call));
  const items = told.map(({ call, input, output }) => {
    const name = asText(asObject(input)?.['domainName']) ?? asText(asObject(input)?.['DomainName']) ?? 'recorded';
    return { domainName: name, ...(call.endsWith(':GetDomainName') ? asObject(output) : {}) };
  });
  const byName = new Map<string, JsonObject>();
  for (const item of items) byName.set(item.domainName, { ...byName.get(item.domainName), ...item });
  return items.length === 0 ? undefined : { items: [...byName.values()] };
}

/** Whoever tells of a domain's certificate speaks of a domain that leads to the API, unless he tells where it leads. */
function mappingsOf(one: RecordedCase, at: StageRef): JsonObject | undefined {
  const told = (call: RegExp): boolean => (one.answers ?? []).some((a) => call.test(a.call));
  if (!told(/:GetDomainName$/) || !told(/^acm:DescribeCertificate$/) || told(/:Get(?:BasePath|Api)Mappings?$/)) return undefined;
  return {
    items: [{ basePath: '(none)', restApiId: at.apiId, stage: at.stage }],
    Items: [{ ApiMappingKey: '', ApiId: at.apiId, Stage: at.stage }],
  };
}

/** A list of one link is that link. */
function linkListed(one: RecordedCase, name: CallName): JsonObject | undefined {
  if (!name.endsWith(':GetVpcLink')) return undefined;
  const output = asObject((one.answers ?? []).find((a) => a.call === `${name}s`)?.output);
  const list = output?.['items'] ?? output?.['Items'];
  const [only, ...others] = Array.isArray(list) ? list : [];
  return others.length > 0 ? undefined : asObject(only);
}

/** Reports leave out the ids of what they show; a placeholder lets the next question find it. */
export function withIds(at: StageRef, { call, input, output }: RecordedAnswer): unknown {
  const of = asObject(output);
  if (!of) return output;
  const [balancer, listener, group] = [balancerArn(at.region), listenerArn(at.region), targetGroupArn(at.region)];
  const groupIds = asObject(input)?.['GroupIds'];
  const ids: Readonly<Record<string, JsonObject>> = {
    Listeners: { ListenerArn: listener, LoadBalancerArn: balancer, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] },
    LoadBalancers: { LoadBalancerArn: balancer },
    TargetGroups: { TargetGroupArn: group, LoadBalancerArns: [balancer] },
    SecurityGroups: Array.isArray(groupIds) ? { GroupId: groupIds[0] } : {},
  };
  const filled = Object.entries(of).map(([key, list]) => [
    key,
    Array.isArray(list) && ids[key] ? list.map((item: unknown) => ({ ...ids[key], ...asObject(item) })) : list,
  ]);
  const whole: JsonObject = Object.fromEntries(filled);
  return call === 'apigateway:GetVpcLink' && whole['targetArns'] === undefined ? { ...whole, targetArns: [balancer] } : whole;
}
