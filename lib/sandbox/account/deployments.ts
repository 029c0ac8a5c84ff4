// What an API was deployed as, one after the other: a stage serves the one it names, its canary another, and what was edited since is served
// by none (API Gateway guide, "Deploying a REST API", "Set up a canary release deployment").
import type { ServedStage, AuthorizerSpec, RouteSpec } from './apis.ts';
import { type Base, hexOf, type Random } from './base.ts';

export interface Deployment {
  readonly id: string;
  readonly at: number;
  readonly description?: string;
  routes: readonly RouteSpec[];
  readonly authorizers: readonly AuthorizerSpec[];
}

/** A canary takes its percentage of the requests to a deployment of its own, with variables that go before the stage's. */
export interface Canary {
  readonly percent: number;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly useStageCache: boolean;
}

/** The edited API as a deployment; ids follow from the count, so that the same story gives the same ids however long each call took. */
export function addDeployment(base: Base, api: ServedStage, description?: string): Deployment {
  base.next();
  const made: Deployment = {
    id: hexOf(6, base.seed, 'deployment', api.apiId, api.stage, api.deploymentsMade),
    at: base.clock.now(),
    ...(description === undefined ? {} : { description }),
    routes: api.draft,
    authorizers: api.draftAuthorizers,
  };
  api.deploymentsMade++;
  api.deployments = [...api.deployments, made];
  return made;
}

/** Lets the stage serve it. */
export function serve(api: ServedStage, deployment: Deployment): void {
  api.deployed = deployment.routes;
  api.authorizers = deployment.authorizers;
  api.deploymentId = deployment.id;
  api.deployedAt = deployment.at;
}

const share = new WeakMap<Canary, ServedStage>();

/** The stage as its canary serves it: everything but the deployment and the variables is the stage's own. */
function canaryOf(api: ServedStage, canary: Canary): ServedStage {
  const known = share.get(canary);
  if (known) return known;
  const deployment = api.deployments.find((d) => d.id === canary.deploymentId);
  const view = Object.create(api, {
    deployed: { get: () => deployment?.routes ?? api.deployed },
    authorizers: { get: () => deployment?.authorizers ?? api.authorizers },
    variables: { get: () => ({ ...api.variables, ...canary.variables }) },
  }) as ServedStage;
  share.set(canary, view);
  return view;
}

/** What a request meets: by chance the canary, as often as its percentage says; a stage without a canary draws no number. */
export const metBy = (api: ServedStage, random: Random): ServedStage =>
  api.canary && random() * 100 < api.canary.percent ? canaryOf(api, api.canary) : api;
