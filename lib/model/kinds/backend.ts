// What evidence tells of HTTP backends: what a probe met at their address, which certificates they and the gateway show, what a test call
// of a method answered. Compact, redacted, plain JSON.
import type { PartlyHad } from './function.ts';

/** What is wrong with a certificate or a handshake, as the one who connects sees it. */
export type TlsFault = 'expired' | 'notYetValid' | 'wrongName' | 'untrusted' | 'notTls' | 'handshake';

/** One address as a probe met it; a step that was not reached is absent. */
export interface ProbedEndpoint {
  readonly dns: 'found' | 'unknownName' | 'unanswered';
  readonly connect?: 'open' | 'refused' | 'reset' | 'timedOut';
  readonly tls?: {
    readonly fault?: TlsFault;
    /** In the words of whoever connected. */
    readonly detail?: string;
    /** Names on the certificate. */
    readonly names?: readonly string[];
    readonly expiresAt?: number;
  };
  /** What HEAD of `path` answered. */
  readonly status?: number;
  readonly path: string;
}
/** By origin (`https://host:port`), for hosts the owner listed. */
export interface EndpointProbe extends PartlyHad {
  readonly endpoints: Readonly<Record<string, ProbedEndpoint>>;
}

export interface CertificateFact {
  readonly names: readonly string[];
  /** ACM's own word: `ISSUED`, `EXPIRED`, `REVOKED` … */
  readonly status?: string;
  readonly expiresAt?: number;
}
/** Certificates of load balancers' listeners by ARN, and the one the gateway itself shows to backends. */
export interface Certificates extends PartlyHad {
  readonly certificates: Readonly<Record<string, CertificateFact>>;
  /** TLS listeners behind the stage, by ARN, with all the certificates they may show. */
  readonly listeners: Readonly<Record<string, { readonly port?: number; readonly certificates: readonly string[] }>>;
  /** The stage's client certificate, which backends may ask for. */
  readonly client?: { readonly id: string; readonly expiresAt?: number };
}

/** What TestInvokeMethod answered: it calls the real backend, with the *edited* configuration, not the deployed one. */
export interface TestInvoke extends PartlyHad {
  /** By `METHOD /path`. */
  readonly methods: Readonly<Record<string, { readonly status: number; readonly lines: readonly string[]; readonly latencyMs?: number }>>;
}
