// The one call that is none of AWS's: a connection to a backend's address, as far as a HEAD, in the shape of any other call. It acts on
// somebody's backend, so it is made to hosts the owner listed and to nobody else.
import type { Installation } from '../model/installation.ts';
import type { ProbedEndpoint, TlsFault } from '../model/kinds/backend.ts';

export interface ProbeInput {
  readonly Host: string;
  readonly Port: number;
  readonly Tls: boolean;
  /** The name to ask for in the handshake and the Host header; the host where not said. */
  readonly ServerName?: string;
  readonly Path: string;
}
export interface ProbeOutput {
  readonly Dns: ProbedEndpoint['dns'];
  readonly Connect?: NonNullable<ProbedEndpoint['connect']>;
  readonly Tls?: {
    readonly Fault?: TlsFault;
    readonly Detail?: string;
    readonly Names?: readonly string[];
    readonly NotAfter?: Date;
  };
  readonly Status?: number;
}

/** What the owner lets us try out; the edges ask it, whatever a collector says. */
export type Allowed = NonNullable<Installation['probes']>;
export const nothingAllowed: Allowed = { hosts: [], methods: [] };
