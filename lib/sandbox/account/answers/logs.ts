// CloudWatch Logs' calls: searching with empty pages as the real one has them, and the two slots for subscription filters.
import type { In } from '../../../aws/calls.ts';
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import { filterPattern } from '../filter-pattern.ts';
import type { StoredEvent } from '../logs.ts';
import type { Answers, Parts } from './parts.ts';

type Names = Extract<keyof Answers, `logs:${string}`>;

/** Events one page looks through, matching or not: so a page may be empty and yet have a token. AWS: up to 1 MB scanned or 10,000 events. */
const scannedPerPage = 5000;
/** Filters a log group may have (AWS "CloudWatch Logs quotas"). */
const filtersPerGroup = 2;

const noGroup = () => fail('gone', 'ResourceNotFoundException', 'The specified log group does not exist.');

function nameOf(input: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined }): string {
  const id = input.logGroupName ?? input.logGroupIdentifier ?? '';
  return id.startsWith('arn:') ? (id.split(':log-group:')[1]?.replace(/:\*$/, '') ?? '') : id;
}

function search({ logs, base }: Parts, input: In<'logs:FilterLogEvents'>): ReturnType<Answers['logs:FilterLogEvents']> {
  const group = nameOf(input);
  if (!logs.has(group)) return noGroup();
  const matches = filterPattern(input.filterPattern);
  if (!matches) return fail('refused', 'InvalidParameterException', 'Invalid filter pattern');
  const fits = verdictsOf(input.filterPattern ?? '', matches);
  const all = logs.search(group, input.startTime ?? 0, input.endTime ?? base.clock.now());
  if (input.startFromHead === false) all.reverse();
  const from = Number(input.nextToken ?? 0);
  const limit = Math.min(input.limit ?? 10_000, 10_000);
  const events = [];
  let at = from;
  for (; at < all.length && at < from + scannedPerPage && events.length < limit; at++) {
    const e = all[at];
    if (e && fits(e) && (input.logStreamNames?.includes(e.stream) ?? true))
      events.push({ logStreamName: e.stream, timestamp: e.at, message: e.text, ingestionTime: e.searchableAt, eventId: e.id });
  }
  return ok({ ...meta, events, searchedLogStreams: [], ...(at < all.length ? { nextToken: String(at) } : {}) });
}

/** A line is searched again at each look of a burst, by the same few patterns. */
function verdictsOf(pattern: string, matches: (text: string) => boolean): (e: StoredEvent) => boolean {
  const known = verdicts.get(pattern) ?? new WeakMap<StoredEvent, boolean>();
  verdicts.set(pattern, known);
  return (e) => {
    const verdict = known.get(e) ?? matches(e.text);
    known.set(e, verdict);
    return verdict;
  };
}
const verdicts = new Map<string, WeakMap<StoredEvent, boolean>>();

export function logsAnswers(parts: Parts): Pick<Answers, Names> {
  const { logs } = parts;
  return {
    'logs:FilterLogEvents': (input) => search(parts, input),
    'logs:DescribeSubscriptionFilters': (input) => {
      const group = nameOf(input);
      if (!logs.has(group)) return noGroup();
      const chosen = logs.filters(group).filter((f) => f.name.startsWith(input.filterNamePrefix ?? ''));
      return ok({
        ...meta,
        subscriptionFilters: chosen.map((f) => ({
          filterName: f.name,
          logGroupName: group,
          filterPattern: f.pattern,
          destinationArn: f.destinationArn,
          distribution: 'ByLogStream' as const,
          creationTime: f.createdAt,
        })),
      });
    },
    'logs:PutSubscriptionFilter': (input) => {
      const group = nameOf(input);
      if (!logs.has(group)) return noGroup();
      if (!filterPattern(input.filterPattern)) return fail('refused', 'InvalidParameterException', 'Invalid filter pattern');
      const others = logs.filters(group).filter((f) => f.name !== input.filterName);
      if (others.length >= filtersPerGroup) return fail('refused', 'LimitExceededException', 'Resource limit exceeded.');
      logs.putFilter(group, {
        name: input.filterName ?? '',
        pattern: input.filterPattern ?? '',
        destinationArn: input.destinationArn ?? '',
      });
      return ok({ ...meta });
    },
    'logs:DeleteSubscriptionFilter': (input) => {
      const group = nameOf(input);
      if (!logs.has(group)) return noGroup();
      return logs.deleteFilter(group, input.filterName ?? '')
        ? ok({ ...meta })
        : fail('gone', 'ResourceNotFoundException', 'The specified subscription filter does not exist.');
    },
  };
}
