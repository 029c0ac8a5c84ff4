// What the confirmations of the authorizer causes establish, for whoever treats them and for the message.
import type { FunctionRef } from '../api.ts';

/** authorizer-permission: by authorizer, the function it may not call and the source ARN a statement must carry. */
export interface AuthorizerPermissionFacts {
  readonly authorizers: readonly {
    readonly name: string;
    readonly id?: string;
    readonly ref?: FunctionRef;
    readonly sourceArn?: string;
    /** A role the gateway assumes to call the authorizer: then the function's policy is not what decides. */
    readonly credentials?: string;
    /** A Deny statement shuts the door: adding an Allow would mend nothing. */
    readonly explicitDeny: boolean;
  }[];
}

/** Why an authorizer gave the gateway nothing it could use. */
export type AuthorizerTrouble =
  | 'crashes'
  | 'throttled'
  | 'too-slow'
  | 'not-found'
  | 'not-active'
  | 'bad-answer'
  /** An answer that is no policy was kept, and its function is not asked any more. */
  | 'kept-answer'
  | 'bad-uri'
  | 'unknown';

/** authorizer-error. */
export interface AuthorizerErrorFacts {
  readonly authorizers: readonly {
    readonly name: string;
    readonly ref?: FunctionRef;
    readonly trouble: AuthorizerTrouble;
    readonly says: string;
  }[];
  /** The gateway's own words, where a log holds them. */
  readonly quote?: string;
}
