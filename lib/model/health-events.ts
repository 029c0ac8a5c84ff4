// Events of AWS Health that a stage of a Region may suffer from, and how one is told.
import type { StageRef } from './api.ts';
import type { AwsHealth, HealthEvent } from './kinds/gateway.ts';

/** What is no incident of the whole way, but of one thing that another cause looks at. */
const others = new Set(['WAF']);

/** Incidents of this Region, open or over. */
export const incidentsIn = ({ events }: AwsHealth, at: Pick<StageRef, 'region'>): readonly HealthEvent[] =>
  events.filter((h) => !others.has(h.service) && (h.region === undefined || h.region === 'global' || h.region === at.region));

export const incidentText = (h: HealthEvent): string =>
  `${h.service}${h.region === undefined ? '' : ` in ${h.region}`}${h.from === undefined ? '' : ` since ${new Date(h.from).toISOString()}`}`;
