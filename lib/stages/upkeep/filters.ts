// One subscription filter a log group, named `gatemedic`: made, kept as it should be, taken away. Nobody else's filter is touched.
import type { CallError } from '../../aws/calls.ts';
import type { World } from '../../world.ts';
import type { WantedGroup } from './log-groups.ts';

export type SubscribeWorld = World<
  | 'apigateway:GetExport'
  | 'apigateway:GetStage'
  | 'apigatewayv2:GetStage'
  | 'logs:DeleteSubscriptionFilter'
  | 'logs:DescribeSubscriptionFilters'
  | 'logs:PutSubscriptionFilter'
>;

/** Something an owner should know: these logs do not reach us. */
export interface Gap {
  /** The log group or the stage. */
  readonly about: string;
  readonly says: string;
}

const filterName = 'gatemedic';

/** CloudWatch Logs allows two subscription filters a group (signals.md §4). */
const mostFilters = 2;

/** Makes the filter what it should be; a gap where that cannot be, nothing where it is so or will be tried again. */
export async function ensureFilter(world: SubscribeWorld, group: WantedGroup, destinationArn: string): Promise<Gap | undefined> {
  const { logGroup, filterPattern } = group;
  const found = await world.aws.call('logs:DescribeSubscriptionFilters', { logGroupName: logGroup });
  if (!found.ok) return gapOf(world, logGroup, found.error);
  const filters = found.value.subscriptionFilters ?? [];
  const ours = filters.find((f) => f?.filterName === filterName);
  if (ours?.destinationArn === destinationArn && ours.filterPattern === filterPattern) return undefined;
  if (!ours && filters.length >= mostFilters)
    return {
      about: logGroup,
      says: `Log group ${logGroup} has its ${mostFilters} subscription filters taken by others (${names(filters)}); its lines do not reach Gatemedic, alarms do.`,
    };
  const put = await world.aws.call('logs:PutSubscriptionFilter', { logGroupName: logGroup, filterName, filterPattern, destinationArn });
  return put.ok ? undefined : gapOf(world, logGroup, put.error);
}

const names = (filters: readonly ({ readonly filterName?: string | undefined } | undefined)[]): string =>
  filters
    .map((f) => f?.filterName ?? 'unnamed')
    .join(', ')
    .slice(0, 200);

/** `throttled`, `down` and `conflict` pass; the rest an owner must know, in AWS's words. */
function gapOf(world: SubscribeWorld, logGroup: string, error: CallError): Gap | undefined {
  world.log('subscribe-refused', { logGroup, call: error.call, kind: error.kind, name: error.name, message: error.message });
  if (error.kind === 'gone')
    return { about: logGroup, says: `Log group ${logGroup} does not exist yet; it is subscribed once the stage has written to it.` };
  if (error.kind !== 'denied' && error.kind !== 'refused') return undefined;
  return {
    about: logGroup,
    says: `Log group ${logGroup} cannot be subscribed (${error.name}: ${error.message}); alarms still cover the stage.`,
  };
}

/** Takes away our filter, and only ours: same name, same function. `later`: AWS gave no answer. */
export async function removeFilter(world: SubscribeWorld, logGroup: string, destinationArn: string): Promise<'removed' | 'none' | 'later'> {
  const found = await world.aws.call('logs:DescribeSubscriptionFilters', { logGroupName: logGroup });
  if (!found.ok) return found.error.kind === 'gone' ? 'none' : 'later';
  const ours = (found.value.subscriptionFilters ?? []).find(
    (f) => f?.filterName === filterName && sameFunction(f.destinationArn ?? '', destinationArn),
  );
  if (!ours) return 'none';
  const gone = await world.aws.call('logs:DeleteSubscriptionFilter', { logGroupName: logGroup, filterName });
  return gone.ok || gone.error.kind === 'gone' ? 'removed' : 'later';
}

/** Up to the function's name: an upgrade may have moved the alias or version behind it. */
const sameFunction = (a: string, b: string): boolean => a.split(':').slice(0, 7).join(':') === b.split(':').slice(0, 7).join(':');
