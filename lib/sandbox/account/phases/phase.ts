// A request's way through the gateway is a list of phases (index.ts has them in order). A phase is one file: what it needs of a
// route or a stage is a field of RouteSpec or ApiSpec (apis.ts), which the export and GetStage show as AWS would.
import type { RouteSpec, ServedStage } from '../apis.ts';
import type { Around } from '../around.ts';
import type { Base } from '../base.ts';
import type { Reply } from '../exchange.ts';
import type { Functions } from '../functions.ts';
import type { Invoker } from '../invoke.ts';
import type { Metrics } from '../metrics.ts';
import type { NetworkState } from '../network.ts';
import type { Services } from '../roles-and-queues.ts';

/** A request on its way. */
export interface Asked {
  readonly api: ServedStage;
  /** Undefined where no deployed route fits. */
  readonly route: RouteSpec | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** How long the gateway waits for this route's integration. */
  readonly limitMs: number;
  readonly at: number;
}

/** What phases may use of the account. */
export interface PhaseParts {
  readonly base: Base;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly metrics: Metrics;
  readonly network: NetworkState;
  readonly around: Around;
  readonly services: Services;
}

export interface Phase {
  /** Answers the request in place of everything behind it; undefined lets it go on. The first that answers wins. */
  answer?(asked: Asked): Reply | undefined;
  /** Looks at, or changes, what was answered (response mappings, rewritten gateway responses). */
  change?(asked: Asked, reply: Reply): Reply;
}
