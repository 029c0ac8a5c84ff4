// Written by `npm run catalogue` from the files of this folder; a test fails when it is stale.
import type { Collector } from './collector.ts';
import accessLog from './access-log.ts';
import changeTrail from './change-trail.ts';
import deployedApi from './deployed-api.ts';
import executionLog from './execution-log.ts';
import functionConcurrency from './function-concurrency.ts';
import functionConfig from './function-config.ts';
import functionLog from './function-log.ts';
import functionMetrics from './function-metrics.ts';
import functionPolicy from './function-policy.ts';
import gatewayMetrics from './gateway-metrics.ts';
import stackEvents from './stack-events.ts';

/** Every entry of lib/collectors, by id. What each knows of its own types is forgotten here: callers hand it only what it declared. */
export const collectors = [
  accessLog,
  changeTrail,
  deployedApi,
  executionLog,
  functionConcurrency,
  functionConfig,
  functionLog,
  functionMetrics,
  functionPolicy,
  gatewayMetrics,
  stackEvents,
] as unknown as readonly Collector[];
