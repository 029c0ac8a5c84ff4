// What owners, deploys and AWS do around a stage: variables, limits, web ACLs, domains, incidents. Each leaves the CloudTrail record it would.
import type { Parts } from './answers/parts.ts';
import type { Domain } from './around.ts';
import type { RouteSpec, ServedStage } from './apis.ts';
import { addDeployment } from './deployments.ts';
import type { StageAt } from './builder.ts';
import type { Caller } from './trail.ts';

export interface AroundBuilder {
  /** Sets a stage variable, or takes it away: in force at once. */
  setVariable(at: StageAt & { readonly name: string; readonly value?: string; readonly by?: Caller; readonly trailDelayMs?: number }): void;
  /** The stage's limit; undefined: the account's. */
  setThrottle(at: StageAt & { readonly limit?: { readonly rate: number; readonly burst: number } }): void;
  /**
   * Deploys to a canary only: it takes this percentage of the requests, with the routes (the stage's own where none are named) and the
   * variables that go before the stage's. Undefined takes the canary away.
   */
  setCanary(at: StageAt & { readonly canary?: CanarySpec }): void;
  /** Deletes a deployment that neither the stage nor its canary serves. */
  deleteDeployment(at: StageAt & { readonly deploymentId: string }): void;
  /** What throttled and failed requests are answered with: type → status. */
  setGatewayResponses(at: StageAt & { readonly responses: Readonly<Record<string, string>> }): void;
  /** Puts a web ACL before the stage. */
  guard(at: StageAt & { readonly webAcl: string }): void;
  /** Generates a client certificate for the stage, valid so long. */
  putClientCertificate(at: StageAt & { readonly forMs: number }): void;
  /** AWS WAF stops answering the gateway for every stage behind this web ACL, or answers again. */
  setWafFailing(webAcl: string, failing: boolean): void;
  putDomain(domain: Pick<Domain, 'name' | 'mappings'> & { readonly trailDelayMs?: number }): void;
  setDomain(
    name: string,
    change: Partial<Pick<Domain, 'status' | 'mappings' | 'certificateUntil'>> & { readonly by?: Caller; readonly trailDelayMs?: number },
  ): void;
  /** AWS Health reports an incident, some minutes after it began; the answer ends it. */
  reportIncident(service: string, delayMs?: number): () => void;
  /** Whether the account has the support plan that AWS Health wants. */
  setSupportPlan(has: boolean): void;
  /** Flushes what the stage keeps of its authorizers' answers. */
  forgetAnswers(at: StageAt): void;
  /** Whether API Gateway has a role to write logs with. */
  setLogsRole(has: boolean): void;
}

export interface CanarySpec {
  readonly percent: number;
  readonly routes?: readonly RouteSpec[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly useStageCache?: boolean;
}

/** Public certificates of ACM are valid for 13 months. */
const yearMs = 395 * 24 * 3_600_000;
const owner: Caller = { kind: 'role', name: 'deployer' };

export function createAroundBuilder({ apis, around, base, trail }: Parts): AroundBuilder {
  const stage = ({ apiId, stage: name }: StageAt): ServedStage => {
    const found = apis.find(apiId, name);
    if (!found) throw new Error(`there is no stage ${apiId}/${name}; there are ${[...apis.all.keys()].join(', ') || 'none'}`);
    return found;
  };
  const note = (eventName: string, by: Caller, requestParameters: Readonly<Record<string, unknown>>, delayMs?: number): void =>
    trail.record({
      eventName,
      eventSource: 'apigateway.amazonaws.com',
      by,
      requestParameters,
      resources: [],
      ...(delayMs === undefined ? {} : { delayMs }),
    });
  const updated = (at: StageAt, by: Caller, patchOperations: readonly object[], delayMs?: number): void => {
    const api = stage(at);
    api.around.updatedAt = base.clock.now();
    const rest = api.apiType === 'REST';
    note(
      'UpdateStage',
      by,
      { ...(rest ? { restApiId: at.apiId } : { apiId: at.apiId }), stageName: at.stage, updateStageInput: { patchOperations } },
      delayMs,
    );
  };
  const webAcl = (name: string) => [...around.webAcls.values()].find((acl) => acl.name === name);
  const domain = (name: string): Domain => {
    const found = around.domains.get(name);
    if (!found) throw new Error(`there is no domain ${name}; there are ${[...around.domains.keys()].join(', ') || 'none'}`);
    return found;
  };
  return {
    putClientCertificate({ forMs, ...at }) {
      stage(at).around.clientCertificate = { id: base.id().slice(0, 6), expiresAt: base.clock.now() + forMs };
      updated(at, owner, [{ op: 'replace', path: '/clientCertificateId' }]);
    },
    setVariable({ name, value, by = owner, trailDelayMs, ...at }) {
      const { variables } = stage(at);
      if (value === undefined) delete variables[name];
      else variables[name] = value;
      const patch =
        value === undefined ? { op: 'remove', path: `/variables/${name}` } : { op: 'replace', path: `/variables/${name}`, value };
      updated(at, by, [patch], trailDelayMs);
    },
    setThrottle({ limit, ...at }) {
      const api = stage(at);
      if (limit) api.around.throttle = limit;
      else delete api.around.throttle;
      updated(at, owner, [
        { op: 'replace', path: '/*/*/throttling/rateLimit', value: String(limit?.rate ?? 10_000) },
        { op: 'replace', path: '/*/*/throttling/burstLimit', value: String(limit?.burst ?? 5000) },
      ]);
    },
    setCanary({ canary, ...at }) {
      const api = stage(at);
      if (!canary) {
        api.canary = undefined;
        return updated(at, owner, [{ op: 'remove', path: '/canarySettings' }]);
      }
      const { percent, routes = api.draft, variables = {}, useStageCache = false } = canary;
      api.draft = routes;
      api.canary = { percent, deploymentId: addDeployment(base, api).id, variables, useStageCache };
      api.around.updatedAt = base.clock.now();
      const canarySettings = { percentTraffic: percent, stageVariableOverrides: variables, useStageCache };
      note('CreateDeployment', owner, { restApiId: at.apiId, createDeploymentInput: { stageName: at.stage, canarySettings } });
    },
    deleteDeployment({ deploymentId, ...at }) {
      const api = stage(at);
      if ([api.deploymentId, api.canary?.deploymentId].includes(deploymentId)) throw new Error(`deployment ${deploymentId} is served`);
      api.deployments = api.deployments.filter((d) => d.id !== deploymentId);
      note('DeleteDeployment', owner, { restApiId: at.apiId, deploymentId });
    },
    setGatewayResponses({ responses, ...at }) {
      stage(at).around.gatewayResponses = responses;
    },
    guard({ webAcl: name, ...at }) {
      stage(at).around.webAclArn = (webAcl(name) ?? around.putWebAcl(name)).arn;
    },
    setWafFailing(name, failing) {
      const acl = webAcl(name);
      if (!acl) throw new Error(`there is no web ACL ${name}`);
      acl.failing = failing;
    },
    putDomain({ trailDelayMs, ...spec }) {
      for (const m of spec.mappings)
        note(
          'CreateBasePathMapping',
          owner,
          {
            domainName: spec.name,
            createBasePathMappingInput: { basePath: m.path === '' ? '(none)' : m.path, restApiId: m.apiId, stage: m.stage },
          },
          trailDelayMs,
        );
      const { region, accountId } = base.here;
      around.domains.set(spec.name, {
        ...spec,
        status: 'AVAILABLE',
        certificateUntil: base.clock.now() + yearMs,
        certificateArn: `arn:aws:acm:${region}:${accountId}:certificate/${base.id()}`,
      });
    },
    setDomain(name, { by = owner, trailDelayMs, ...change }) {
      const known = domain(name);
      for (const gone of known.mappings.filter((m) => change.mappings && !change.mappings.some((n) => n.path === m.path)))
        note('DeleteBasePathMapping', by, { domainName: name, basePath: gone.path === '' ? '(none)' : gone.path }, trailDelayMs);
      Object.assign(known, change);
    },
    reportIncident(service, delayMs = 0) {
      const event = { service, from: base.clock.now(), visibleAt: base.clock.now() + delayMs };
      around.health.push(event);
      return () => void Object.assign(event, { to: base.clock.now() });
    },
    setSupportPlan(has) {
      around.supportPlan = has;
    },
    forgetAnswers(at) {
      stage(at).kept.clear();
      note('FlushStageAuthorizersCache', owner, { restApiId: at.apiId, stageName: at.stage });
    },
    setLogsRole(has) {
      around.logsRole = has ? `arn:aws:iam::${base.here.accountId}:role/apigateway-logs` : undefined;
    },
  };
}
