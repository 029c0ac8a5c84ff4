// An order: what a person decided by the command line, without Slack. Who it was is proven by a request to STS that only they could sign,
// and that signs the order with it: whoever may call `answer`, or sees the order on its way, can make no other order of it.
import type { Act } from './act.ts';

/** What is ordered, exactly as it was shown. `about`: the question, or the change. */
export interface Order {
  readonly act: Act;
  readonly incidentId: string;
  readonly about: string;
  readonly hash: string;
  /** When it was signed, ms since 1970; whole seconds, for the signature knows no less. */
  readonly at: number;
}
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** The header that the request signs beside its host. */
export const orderHeader = 'x-gatemedic-act';
/** An order older than this is refused: long enough for a slow network, too short to be kept for later. */
export const orderMs = 5 * 60_000;
/** Clocks of two machines. */
export const skewMs = 60_000;

/** Ids and hashes: nothing that a header's canonical form would change, and no separator of ours. */
export const orderWord = /^[\w.:-]{1,120}$/;

/** The value of the header: the whole order, and the installation it is for. */
export const bound = (order: Order, { accountId, region }: Place): string =>
  ['gatemedic-1', accountId, region, order.act, order.incidentId, order.about, order.hash, String(order.at)].join(';');

/** STS's regional endpoint (AWS: STS endpoints and quotas). */
export const stsHost = (region: string): string => `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** The request that asks STS who signed it; GetCallerIdentity needs no permission (AWS: STS API reference). */
export const whoSigned = { Action: 'GetCallerIdentity', Version: '2011-06-15' } as const;
