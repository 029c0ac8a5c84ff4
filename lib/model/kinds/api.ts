// What evidence tells of the API itself: what its stage serves, and its metrics. Compact, redacted, plain JSON.
import type { FunctionRef } from '../api.ts';

/** How an integration's answer becomes the method's (REST, not proxy). The empty pattern is the default. */
export interface IntegrationAnswer {
  readonly pattern: string;
  readonly statusCode: string;
  readonly templates?: Readonly<Record<string, string>>;
  readonly contentHandling?: string;
}

/** One integration as the stage serves it. */
export interface Integration {
  readonly type: 'AWS_PROXY' | 'AWS' | 'HTTP_PROXY' | 'HTTP' | 'MOCK';
  /** With stage variables put in where the stage has them. */
  readonly uri?: string;
  readonly httpMethod?: string;
  /** The Lambda function the URI names, stage variables resolved. */
  readonly function?: FunctionRef;
  /** The AWS service and action a URI `arn:aws:apigateway:{region}:{service}:action/{action}` or `…:path/{path}` names; HTTP APIs name them by subtype (`SQS-SendMessage`). */
  readonly service?: { readonly name: string; readonly action?: string; readonly path?: string };
  /** Stage variables that the URI, the credentials or the connection uses and the stage lacks or leaves empty; the first is `unresolved`. */
  readonly unresolved?: string;
  /** A role the gateway assumes: then no invoke permission is looked at. */
  readonly credentials?: string;
  readonly timeoutMs: number;
  readonly payloadFormat?: string;
  /** Id of the VPC link, stage variables put in. */
  readonly vpcLink?: string;
  /** Load balancer or listener the integration names beside its URI (REST with a V2 link: `integrationTarget`). */
  readonly target?: string;
  readonly passthrough?: string;
  readonly contentHandling?: string;
  /** content type → template (REST). */
  readonly requestTemplates?: Readonly<Record<string, string>>;
  /** `integration.request.path.proxy` → `method.request.path.proxy`, and an HTTP API's subtype parameters. */
  readonly requestParameters?: Readonly<Record<string, string>>;
  readonly answers?: readonly IntegrationAnswer[];
  /** TLS settings toward the backend. */
  readonly tls?: { readonly serverName?: string; readonly insecure?: boolean };
  /** Lambda answers as a stream (`responseTransferMode: STREAM`). */
  readonly streams?: boolean;
}
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly integration?: Integration;
  /** Name of the authorizer in `DeployedApi.authorizers`. */
  readonly authorizer?: string;
  /** Status codes the method declares (REST, not proxy). */
  readonly declares?: readonly string[];
}

/** An authorizer as the deployment holds it. */
export interface DeployedAuthorizer {
  readonly name: string;
  readonly type: 'token' | 'request' | 'jwt' | 'cognito' | 'iam' | 'unknown';
  readonly uri?: string;
  readonly function?: FunctionRef;
  readonly unresolved?: string;
  readonly credentials?: string;
  readonly payloadFormat?: string;
  readonly simpleResponses?: boolean;
  readonly ttlSeconds?: number;
}

/** What the stage serves (its deployment), never the edited draft. */
export interface DeployedApi {
  /** Put together from what a report states: what is absent here is not known to be absent. */
  readonly partial?: true;
  readonly routes: readonly Route[];
  readonly variables: Readonly<Record<string, string>>;
  readonly deploymentId?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly executionLogging: 'OFF' | 'ERROR' | 'INFO' | 'unknown';
  readonly accessLog?: { readonly destinationArn: string; readonly format: string };
  readonly authorizers?: readonly DeployedAuthorizer[];
  readonly binaryMediaTypes?: readonly string[];
  /** Gateway responses the owner rewrote: type → status. */
  readonly gatewayResponses?: Readonly<Record<string, string>>;
  readonly webAclArn?: string;
  /** Stage throttling that was set; `*` is the stage's default, other keys are routes (`GET /orders`). */
  readonly throttling?: Readonly<Record<string, { readonly rate?: number; readonly burst?: number }>>;
  /** A canary takes this share of the requests, with these variables in place of the stage's. */
  readonly canary?: { readonly percent: number; readonly deploymentId?: string; readonly variables: Readonly<Record<string, string>> };
  readonly clientCertificateId?: string;
  readonly tracing?: boolean;
  readonly lastUpdatedAt?: number;
  /** HTTP and WebSocket APIs. */
  readonly autoDeploy?: boolean;
  readonly lastDeploymentMessage?: string;
  /** AWS exports no deployment of a WebSocket API: these are the routes as last edited, and the stage may serve older ones. */
  readonly edited?: true;
}

/** A metric as one value a minute; minutes without a datapoint are left out (missing is not zero). */
export interface Series {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export interface GatewayMetrics {
  readonly periodMs: number;
  /** Start of the incident's first minute: failures before it are another incident's. */ readonly burstFrom?: number;
  readonly count: Series;
  readonly serverErrors: Series;
  readonly clientErrors: Series;
  readonly latencyMaxMs: Series;
  readonly integrationLatencyMaxMs: Series;
}
