// What evidence tells by log lines. Lines of every log have the same shape; who could have written them is each kind's trust.
import type { EvidenceKind } from '../evidence.ts';
import type { LogLine, LogName } from '../signal.ts';

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** True when pages or lines were cut off. */ readonly cut: boolean;
}

declare module '../evidence.ts' {
  interface EvidenceKinds {
    /** The log of the Lambda functions that authorize. */ authorizerLog: LogLines;
    /** What a backend wrote, where a case recorded it: nothing in an account leads there. */ backendLog: LogLines;
    /** A load balancer's access log, where a case recorded it. */ loadBalancerLog: LogLines;
    /** VPC flow logs of the way to a backend. */ flowLog: LogLines;
  }
}

/** Which evidence holds the lines of a log. */
export const kindOfLog = {
  execution: 'executionLog',
  access: 'accessLog',
  function: 'functionLog',
  authorizer: 'authorizerLog',
  backend: 'backendLog',
  loadBalancer: 'loadBalancerLog',
  flow: 'flowLog',
} as const satisfies Record<LogName, EvidenceKind>;
