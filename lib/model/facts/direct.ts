// The facts that the causes of direct service integrations and of mappings establish, for the message and for fixes.

/** Routes that call one thing of one AWS service, as the deployment holds it. */
export interface CalledService {
  readonly service: string;
  readonly action?: string;
  /** Name of the queue, table …, where the deployment names it. */
  readonly target?: string;
  readonly routes: readonly string[];
}

/** service-access-denied: what keeps the gateway's role out. */
export interface ServiceDeniedFacts {
  readonly calls: readonly (CalledService & {
    readonly role?: string;
    /** The IAM action that is not allowed, and on what. */
    readonly needs?: { readonly action: string; readonly resource: string };
    readonly why: DeniedWhy;
    readonly says: string;
  })[];
}
export type DeniedWhy =
  | 'no-role'
  | 'not-trusted'
  | 'trust-condition'
  | 'no-statement'
  | 'explicit-deny'
  | 'organization'
  | 'boundary'
  | 'target-policy'
  | 'said';

/** service-throttled. */
export interface ServiceThrottledFacts {
  readonly targets: readonly (CalledService & {
    readonly throttled: number;
    /** Capacity units a second: used at most, and bought. */
    readonly usedPerSecond?: number;
    readonly boughtPerSecond?: number;
    readonly onDemand?: boolean;
  })[];
}

/** service-request-invalid: calls that the service cannot take, whoever makes them. */
export interface ServiceInvalidFacts {
  readonly calls: readonly (CalledService & { readonly what: InvalidWhat; readonly says: string })[];
}
export type InvalidWhat = 'no-target' | 'unknown-action' | 'missing-parameter' | 'wrong-content-type' | 'said';

/** mapping-template-error, response-mapping-error, payload-encoding: what is wrong with which routes as deployed. */
export interface MappingFacts {
  readonly routes: readonly MappingFault[];
  /** The gateway's own line, where that is all there is. */
  readonly quote?: string;
}
export interface MappingFault {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly what: MappingWhat;
  /** One sentence about the route, values quoted. */
  readonly says: string;
  /** Fails on every request that the integration takes, not only on some payloads or answers. */
  readonly always: boolean;
  /** The status that is not declared. */
  readonly status?: string;
}
export type MappingWhat =
  | 'template-syntax'
  | 'mock-status'
  | 'no-answer'
  | 'no-default-answer'
  | 'undeclared-status'
  | 'answer-syntax'
  | 'binary-request'
  | 'binary-answer'
  | 'converts-text';
