// Duties: one Lambda function each, with what it may do. Calls come from the catalogues; roles, worlds and docs/permissions.md
// are built from this table, so no permission is written by hand beside the code that needs it.
import type { CallName } from './aws/calls.ts';
import { declaredFixes, declaredSettings, evidenceCalls, fixesLookingAt } from './declared.ts';
import type { Hand } from './model/change.ts';
import type { Installation } from './model/installation.ts';

/** What a function may do with Gatemedic's own resources; lib/aws/own.ts gives the IAM actions of each. */
export type Edge =
  | 'store:read'
  | 'store:write'
  | 'topic'
  | 'slack'
  | 'slack:signing'
  | 'workflow:start'
  | 'workflow:undo'
  | 'workflow:wake'
  | 'workflow:schedule'
  | 'workflow:status'
  | 'hands'
  | 'hand-on'
  | 'identity'
  | 'dead-letter';

export type DutyId =
  | 'intake'
  | 'investigate'
  | 'decide'
  | 'tell'
  | 'carry-out'
  | 'prove'
  | 'close'
  | 'receive'
  | 'answer'
  | 'sweep'
  | 'subscribe'
  | 'digest'
  | 'farewell';

export interface Duty {
  readonly id: DutyId;
  readonly title: string;
  /** Calls to AWS about what is watched, given the fixes that are installed. */
  calls(installation: Installed): readonly CallName[];
  readonly edges: readonly Edge[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Keeps a storm or a public URL from taking the patient's concurrency (platform.md §12). */
  readonly reservedConcurrency: number;
}

const unique = (names: readonly CallName[]): readonly CallName[] => [...new Set(names)].sort();
/** What of the owner's settings decides which calls a duty makes. */
export type Installed = Pick<Installation, 'fixes' | 'changeCalendars'>;

type Fixes = readonly (typeof declaredFixes)[number][];

const fixesOf = ({ fixes }: Installed): Fixes => declaredFixes.filter(({ id }) => fixes.some((f) => f.id === id));
const settingsOf = (i: Installed, fixes = fixesOf(i)) => {
  const used = new Set(fixes.flatMap((f) => f.settings));
  return declaredSettings.filter((s) => used.has(s.id));
};
/** What is lent for a time. */
const lentOf = (i: Installed) =>
  settingsOf(
    i,
    fixesOf(i).filter((f) => f.leaseMs !== undefined),
  );
const settingReads = (i: Installed): readonly CallName[] => settingsOf(i).flatMap((s) => s.reads);
const settingWrites = (i: Installed): readonly CallName[] => settingsOf(i).flatMap((s) => s.writes);
/** Before a change is planned, and before it is made: who else steers the value. */
const steering = (i: Installed): readonly CallName[] =>
  settingsOf(i).some((s) => s.managed) ? ['application-autoscaling:DescribeScalableTargets'] : [];
/** Change calendars are asked where the owner lists any. */
const freezing = (i: Installed): readonly CallName[] => ((i.changeCalendars ?? []).length > 0 ? ['ssm:GetCalendarState'] : []);
/** A function's tags say hands off, or that it may be written to. */
const tagging = (i: Installed): readonly CallName[] =>
  settingWrites(i).some((name) => name.startsWith('lambda:')) ? ['lambda:ListTags'] : [];
/** What a stage serves is kept while all is well, for a fix that looks at it later. */
const keeping = (i: Installed): readonly CallName[] => {
  const forThese = fixesLookingAt('keptDefinitions');
  return i.fixes.some((f) => forThese.includes(f.id)) ? ['apigateway:GetExport'] : [];
};
const none = (): readonly CallName[] => [];

/** Lent, and so taken back when the installation goes. */
const leasedOf = (i: Installed) => lentOf(i).filter((s) => s.hand === undefined);
/** Whether it is in use is asked at the end of a lease, and before what requests may rely on is taken away. */
const using = (i: Installed): readonly CallName[] =>
  lentOf(i).some((s) => s.inUse) || settingsOf(i).some((s) => s.keptWhenUsed) ? ['cloudwatch:GetMetricData'] : [];

/** The writes that are made with a role of their own, and with which. */
export const handed = (i: Installed): ReadonlyMap<CallName, Hand> =>
  new Map(settingsOf(i).flatMap(({ hand, writes }) => (hand === undefined ? [] : writes.map((name) => [name, hand] as const))));

/** A duty as an installation has it: without a receiver nobody holds the signing secret. */
export const installedDuty = <D extends Pick<Duty, 'edges'>>(duty: D, { receiver }: Pick<Installation, 'receiver'>): D =>
  receiver === 'none' ? { ...duty, edges: duty.edges.filter((edge) => edge !== 'slack:signing') } : duty;

/** The duties of an installation. */
export const dutiesOf = (installation: Pick<Installation, 'receiver'>): readonly Duty[] =>
  duties.filter(({ id }) => id !== 'receive' || installation.receiver !== 'none').map((duty) => installedDuty(duty, installation));

export const duties: readonly Duty[] = [
  {
    id: 'intake',
    title: 'Turns alarms and log batches into signals and opens incidents',
    calls: () => ['apigateway:GetRestApis', 'cloudwatch:DescribeAlarms'],
    edges: ['store:read', 'store:write', 'workflow:start', 'dead-letter'],
    timeoutSeconds: 30,
    memoryMb: 512,
    reservedConcurrency: 5,
  },
  {
    id: 'investigate',
    title: 'Gathers evidence and diagnoses',
    calls: () => evidenceCalls,
    edges: ['store:read', 'store:write'],
    timeoutSeconds: 60,
    memoryMb: 512,
    reservedConcurrency: 5,
  },
  {
    id: 'decide',
    title: 'Plans a fix, asks the guards, decides',
    calls: (i) => unique([...settingReads(i), ...steering(i), ...tagging(i), ...freezing(i), 'ssm:GetParameter']),
    edges: ['store:read', 'store:write'],
    timeoutSeconds: 30,
    memoryMb: 256,
    reservedConcurrency: 5,
  },
  {
    id: 'tell',
    title: 'Posts and edits the message, publishes to the topic',
    calls: none,
    edges: ['store:read', 'store:write', 'slack', 'topic', 'workflow:wake'],
    timeoutSeconds: 30,
    memoryMb: 256,
    reservedConcurrency: 5,
  },
  {
    id: 'carry-out',
    title: 'Applies, extends and undoes changes: the only role that writes',
    calls: (i) =>
      unique([
        ...settingReads(i),
        ...settingWrites(i),
        ...steering(i),
        ...(settingsOf(i).length > 0 ? (['ssm:GetParameter'] as const) : []),
        ...using(i),
      ]),
    edges: ['store:read', 'store:write', 'workflow:schedule', 'hands'],
    timeoutSeconds: 60,
    memoryMb: 256,
    reservedConcurrency: 2,
  },
  {
    id: 'prove',
    title: 'Looks whether a change helped',
    calls: (i) => unique([...evidenceCalls, ...settingReads(i)]),
    edges: ['store:read', 'store:write'],
    timeoutSeconds: 60,
    memoryMb: 512,
    reservedConcurrency: 5,
  },
  {
    id: 'close',
    title: 'Closes an incident and frees its stage',
    calls: none,
    edges: ['store:read', 'store:write'],
    timeoutSeconds: 15,
    memoryMb: 256,
    reservedConcurrency: 5,
  },
  {
    id: 'receive',
    title: 'Verifies a click and hands it on',
    calls: none,
    edges: ['slack:signing', 'hand-on'],
    timeoutSeconds: 10,
    memoryMb: 512,
    reservedConcurrency: 3,
  },
  {
    id: 'answer',
    title: 'Records what a person decided and wakes the workflow',
    calls: none,
    edges: ['store:read', 'store:write', 'slack', 'slack:signing', 'workflow:wake', 'workflow:undo', 'identity'],
    timeoutSeconds: 30,
    memoryMb: 256,
    reservedConcurrency: 3,
  },
  {
    id: 'sweep',
    title: 'Settles what crashed, frees stages, ends leases, empties the outbox',
    calls: none,
    edges: ['store:read', 'store:write', 'workflow:start', 'workflow:undo', 'workflow:status', 'slack', 'topic'],
    timeoutSeconds: 60,
    memoryMb: 256,
    reservedConcurrency: 2,
  },
  {
    id: 'subscribe',
    title: 'Keeps the subscription filters of the watched stages',
    calls: (i) => [
      'apigateway:GetStage',
      'apigatewayv2:GetStage',
      ...keeping(i),
      'logs:DeleteSubscriptionFilter',
      'logs:DescribeSubscriptionFilters',
      'logs:PutSubscriptionFilter',
    ],
    edges: ['store:read', 'store:write', 'topic'],
    timeoutSeconds: 60,
    memoryMb: 256,
    reservedConcurrency: 1,
  },
  {
    id: 'digest',
    title: 'Sends the weekly digest, and looks whether what was changed beside its code still stands',
    calls: (i) => unique(settingReads(i)),
    edges: ['store:read', 'store:write', 'slack', 'topic'],
    timeoutSeconds: 60,
    memoryMb: 256,
    reservedConcurrency: 1,
  },
  {
    id: 'farewell',
    title: 'Takes back what was lent when the stack is removed, and lists what stays',
    calls: (i) => unique(leasedOf(i).flatMap((s) => [...s.reads, ...s.writes])),
    edges: ['store:read', 'store:write', 'topic'],
    timeoutSeconds: 120,
    memoryMb: 256,
    reservedConcurrency: 1,
  },
];
