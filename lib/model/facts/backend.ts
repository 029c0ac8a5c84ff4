// The facts that causes of HTTP backends establish: which address, which routes, what is wrong with it.
import type { FunctionRef } from '../api.ts';
import type { TlsFault } from '../kinds/backend.ts';

/** One address and the deployed routes that lead to it. */
interface BackendAt {
  /** `https://host:port`. */
  readonly origin: string;
  readonly routes: readonly string[];
}

/** backend-unreachable: addresses where no connection came about. */
export interface UnreachableFacts {
  readonly backends: readonly (BackendAt & { readonly what?: 'unknownName' | 'refused' | 'reset' | 'timedOut' })[];
  readonly quote?: string;
}

/** backend-error: what answers 5xx by itself. */
export interface BackendErrorFacts {
  readonly backends: readonly (BackendAt & { readonly status?: number })[];
  /** Functions whose own answer was a 5xx. */
  readonly functions: readonly FunctionRef[];
  readonly quote?: string;
}

/** backend-tls-failure: connections that ended in the handshake. */
export interface TlsFacts {
  readonly backends: readonly (BackendAt & {
    readonly what?: TlsFault;
    /** The name that the certificate must carry. */
    readonly name: string;
    readonly names?: readonly string[];
    readonly expiresAt?: number;
    readonly certificateArn?: string;
    readonly vpcLink?: string;
  })[];
  /** The gateway's own client certificate, where that is what ran out. */
  readonly client?: { readonly id: string; readonly expiresAt: number };
  readonly quote?: string;
}

/** integration-route-mismatch: deployed routes whose integration asks the backend for something it does not have. */
export interface RouteMismatchFacts {
  readonly routes: readonly {
    readonly route: string;
    readonly what: 'lambdaMethod' | 'unmappedParameter' | 'badAddress' | 'notFound';
    readonly detail: string;
    /** The resource's path and the method, for commands. */
    readonly method: string;
    readonly path: string;
    readonly parameters?: readonly string[];
  }[];
  readonly quote?: string;
}
