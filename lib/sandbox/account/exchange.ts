// One request as API Gateway saw it: what failed, in the gateway's own words, which status the client got, and what its logs can say of it.
import type { RouteSpec, ServedStage } from './apis.ts';
import type { Invoked } from './invoke.ts';

/** How a request failed, already in the words of the API's family. Texts are made only when a log is read. */
export interface Fault {
  /** For tests: `permission`, `timeout` … */
  readonly name: string;
  /** What the client gets, unless the owner rewrote the gateway response. */
  readonly status: number;
  /** `$context.error.responseType`; `-` where the gateway names none. */
  readonly responseType: string;
  /** What the execution log calls the failure (messages.md §2). */
  readonly lines: () => readonly string[];
  /** `$context.integration.error`, where it is not the last line. */
  readonly says?: () => string;
  /** `$context.integration.integrationStatus`: what the service behind the integration answered. */
  readonly serviceStatus?: number;
  /** The failure comes before "Starting execution": an authorizer, WAF. */
  readonly early?: true;
  /** `$context.error.message`, where it is not "Internal server error" in the family's spelling. */
  readonly message?: string;
  /** Other variables of the access log: `authorizer.error`, `waf.error` … */
  readonly variables?: Readonly<Record<string, string | number>>;
}

/** What came of a request, before it is counted and logged. */
export interface Reply {
  readonly status: number;
  readonly fault?: Fault;
  /** Time until the integration answered, or was given up on; absent where nothing was asked. */
  readonly integrationMs?: number;
  readonly invoked?: Invoked;
  /** Status of a backend that answered by itself. */
  readonly backendStatus?: number;
  /** Lines that a data trace or an upstream answer adds before the failure's own. */
  readonly received?: () => readonly string[];
  /** What the service behind the integration answered, for a data trace. */
  readonly answerBody?: string;
  /** What the request's template made, where it has one; absent too where nothing was sent. */
  readonly sentBody?: string;
  /** How a data trace shows the request's body, where it is not the body itself. */
  readonly shownBody?: string;
}

export interface Exchange {
  readonly n: number;
  readonly api: ServedStage;
  readonly at: number;
  readonly endAt: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly route: RouteSpec | undefined;
  readonly status: number;
  readonly fault: Fault | undefined;
  readonly integrationMs: number | undefined;
  readonly invoked: Invoked | undefined;
  readonly backendStatus: number | undefined;
  readonly received: Reply['received'];
  readonly answerBody: string | undefined;
  readonly sentBody: string | undefined;
  readonly timeoutMs: number;
}

/** `$context.integration.error`. */
export function integrationError(x: Exchange): string {
  if (x.fault === undefined || x.fault.early || x.fault.name === 'no-route') return '-';
  return x.fault.says?.() ?? x.fault.lines().at(-1) ?? '-';
}
