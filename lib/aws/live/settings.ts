// What every SDK client of Gatemedic is made with: one try (the layer above tries again), and answers within seconds or not at all.
import type { Credentials } from './assumed.ts';

export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: RequestHandler;
  /** Others than the environment's: of a role that is taken for these calls. */
  readonly credentials?: () => Promise<Credentials>;
}
/** What the SDK takes as `requestHandler`: settings for its own, or a handler (tests see the wire with it). */
type RequestHandler =
  | { readonly connectionTimeout?: number; readonly requestTimeout?: number; readonly throwOnRequestTimeout?: boolean }
  | { handle(request: never, options: never): Promise<never> };

/** Milliseconds: a connection inside a Region takes a few, an answer of these calls well below a second. */
export const timeouts = { connectionTimeout: 1_500, requestTimeout: 6_000, throwOnRequestTimeout: true };

/** For calls about what is watched: one try at the wire. */
export const watchedSettings = (region: string): ClientSettings => ({ region, maxAttempts: 1, requestHandler: timeouts });

/** For Gatemedic's own resources: nothing above tries again, so the SDK does. */
export const ownSettings = (region: string): ClientSettings => ({ region, maxAttempts: 4, requestHandler: timeouts });
