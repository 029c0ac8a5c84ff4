// The facts each cause establishes: what its confirmation hands to the fixes that treat it, and to the message.
// They live in the model so that a fix never imports a cause.
import type { FunctionRef } from '../api.ts';
import type { DeniedWhy } from './direct.ts';

/** One deployed route that may not call its function, with the source ARN a statement must carry. */
export interface BarredRoute {
  readonly method: string;
  readonly path: string;
  readonly sourceArn: string;
}

/** lambda-permission-missing: by function and qualifier, as the deployed integration names them. */
export interface PermissionFacts {
  readonly functions: readonly {
    readonly ref: FunctionRef;
    /** Every deployed route of this function and qualifier that its policy does not let through. */
    readonly routes: readonly BarredRoute[];
    /** A Deny statement shuts the door: adding an Allow would mend nothing. */
    readonly explicitDeny: boolean;
  }[];
  /** Roles that functions are called with and that do not let the gateway through: no statement on a function mends these. */
  readonly roles?: readonly {
    readonly role: string;
    readonly why: DeniedWhy;
    /** The action that is not allowed, and on what. */
    readonly needs: { readonly action: string; readonly resource: string };
    readonly says: string;
    readonly routes: readonly string[];
  }[];
}

/** lambda-cold-start: the function whose new environments came too late for the gateway. */
export interface ColdStartFacts {
  readonly ref: FunctionRef;
  readonly peakConcurrency: number;
  readonly timeoutMs: number;
}

/** lambda-not-found: what the deployed integrations name and Lambda does not have. */
export interface NotFoundFacts {
  readonly functions: readonly { readonly ref: FunctionRef; readonly what: string; readonly routes: readonly string[] }[];
}

/** lambda-throttled. `limit`: which limit turned calls away, where that could be told. */
export interface ThrottledFacts {
  readonly functions: readonly {
    readonly ref: FunctionRef;
    readonly throttles: number;
    readonly peakConcurrency: number;
    readonly limit: 'reserved' | 'switched-off' | 'account' | 'unknown';
    readonly reserved?: number;
  }[];
}

/** lambda-timeout: functions stopped by their own limit. */
export interface LambdaTimeoutFacts {
  readonly functions: readonly {
    readonly ref: FunctionRef;
    readonly timeoutSeconds: number;
    readonly gatewayTimeoutMs: number;
    readonly errors: number;
  }[];
}

/** integration-timeout: the gateway stopped waiting after `timeoutMs`. */
export interface IntegrationTimeoutFacts {
  readonly timeoutMs: number;
  readonly routes: readonly string[];
  readonly functions: readonly FunctionRef[];
}

/** lambda-unhandled-error. */
export interface UnhandledFacts {
  readonly functions: readonly { readonly ref: FunctionRef; readonly errors: number }[];
  readonly quote?: string;
}

/** lambda-malformed-response. */
export interface MalformedFacts {
  readonly functions: readonly FunctionRef[];
  readonly quote?: string;
}
