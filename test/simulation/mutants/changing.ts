// The journal, the lock, the look before a write, and the way back: each thing left out in its turn.
import { mutant, type Mutant } from './mutant.ts';

const apply = 'lib/stages/changing/apply.ts';
const moves = 'lib/stages/changing/moves.ts';
const back = 'lib/stages/changing/take-back.ts';
const undo = 'lib/stages/changing/undo.ts';
const lease = 'lib/stages/changing/lease.ts';
const lock = 'lib/journal/lock.ts';
const sweep = 'lib/stages/sweep.ts';

const journal: readonly Mutant[] = [
  mutant(
    'the intent is not written before the first write',
    apply,
    "await advance(world, record.id, 'applying', record.approvedBy ?? gatemedic, decision.because.join('; '), nothingYet);",
    '',
  ),
  mutant(
    'an undo pulls away what a later change made again',
    back,
    'wasSent(record, n) && !again.has(n));',
    'wasSent(record, n) && again.size >= 0);',
  ),
  mutant('the intent to undo is not written', back, "await advance(world, record.id, 'undoing', who, why, { undoName: name });", ''),
  mutant('any step may follow any', 'lib/journal/table.ts', 'table[from].includes(to);', 'table[from].includes(to) || from !== to;'),
  mutant('a step is written without comparing', 'lib/journal/journal.ts', 'if (current.step === step) return undefined;', ''),
  mutant(
    'a failed apply is not taken back',
    apply,
    "return routed(world, record.incidentId, 'take-back');\n}",
    "return routed(world, record.incidentId, 'investigate');\n}",
  ),
];

const locks: readonly Mutant[] = [
  mutant(
    'the lock is always free',
    lock,
    'if (current && current.owner !== owner && current.expiresAt > now)',
    'if (false as boolean && current)',
  ),
  mutant('nothing bars a write', 'lib/stages/changing/in-time.ts', 'return barredFrom(world, locks);', 'return undefined;'),
  mutant(
    'a lock that was lost bars no write',
    'lib/stages/changing/in-time.ts',
    'if (left.some((ms) => ms === 0)) return lockLost;\n  return Math.min(world.timeLeftMs(), ...left)',
    'return world.timeLeftMs()',
  ),
  mutant('a write begins with no time left', 'lib/stages/changing/in-time.ts', '< writeMs ? late : undefined', '< 0 ? late : undefined'),
  mutant('the fence is not compared', lock, 'if (item?.version !== held.fence) return 0;', 'if (!item) return 0;'),
  mutant('a lock lasts two seconds', lock, 'export const lockLeaseMs = 90_000;', 'export const lockLeaseMs = 2_000;'),
];

const looks: readonly Mutant[] = [
  mutant('the start is not compared before the first write', apply, '?? (await changedSince(world.aws, record.plan))', ''),
  mutant(
    'drift is not seen before a write',
    moves,
    "if (!move.setting.same(now.value.value, start)) return { is: 'drift', found: now.value.value };",
    '',
  ),
  mutant(
    'a value that stands is written again',
    moves,
    "if (move.setting.same(now.value.value, goal)) return { is: 'there', wrote: false };",
    '',
  ),
  mutant(
    'a third value read back after a write is not drift',
    moves,
    "return { is: 'there', wrote: true };\n  return { is: 'drift', found: now.value.value };",
    "return { is: 'there', wrote: true };\n  return { is: 'there', wrote: true };",
  ),
  mutant(
    'a write that may have happened counts as not made',
    moves,
    "if (now.ok && move.setting.same(now.value.value, goal)) return { is: 'there', wrote: true };\n  return failed(",
    'return failed(',
  ),
  mutant(
    'the policy’s revision is not compared',
    'lib/settings/invoke-permission.ts',
    'if (policy.value.revision !== revision)',
    'if (false as boolean)',
  ),
  mutant(
    'a policy is written without its revision',
    'lib/settings/invoke-permission.ts',
    'SourceAccount: to.sourceAccount }),\n    ...(policy.revision === undefined ? {} : { RevisionId: policy.revision }),',
    'SourceAccount: to.sourceAccount }),',
  ),
  mutant(
    'who else steers a value is not asked',
    moves,
    'const answer = await setting.managed?.(aws, target);',
    'const answer = undefined as Awaited<ReturnType<NonNullable<typeof setting.managed>>> | undefined;',
  ),
];

const ways: readonly Mutant[] = [
  mutant('an undo goes in the order of the apply', back, 'of oursOf(record, again).toReversed())', 'of oursOf(record, again))'),
  mutant(
    'an undo writes nothing and says done',
    back,
    "done: await shift(world.aws, move, 'undo', () => barredOrSent(world, record.id, { n, as: 'undo' }, locks))",
    "done: { is: 'there', wrote: true } as Moved",
  ),
  mutant(
    'an undo believes a read that may lag',
    back,
    "sent?.as === 'apply' && now - sent.at < readsLagMs",
    'false as boolean && sent !== undefined && now > 0',
  ),
  mutant('an undo that failed says done', back, 'return await stuck(world, record, by, left);', 'return await undone(world, record, by);'),
  mutant(
    'an undo is not read again under its lock',
    back,
    "if (now.step !== 'undoing' && !mayFollow(now.step, 'undoing')) return 'refused';",
    '',
  ),
  mutant('a person’s undo that was begun becomes Gatemedic’s', back, 'const who = begunBy(now) ?? by;', 'const who = by;'),
  mutant(
    'the time to undo is never over',
    undo,
    'now > record.undoUntilAt)',
    'now > record.undoUntilAt + 1e12)',
    'the button is refused at the click already (canUndo), before an execution is started',
  ),
  mutant(
    'the button Undo works after its time',
    'lib/messages/buttons.ts',
    'undoable.has(change.step) && now < undoUntilAt(change, undoWindowMs);',
    'undoable.has(change.step);',
  ),
  mutant(
    'both looks at the time to undo are gone',
    'lib/messages/buttons.ts',
    'change.undoUntilAt ?? (change.appliedAt ?? change.entries[0]?.at ?? 0) + undoWindowMs;',
    'Infinity;',
  ),
  mutant('what requests rely on is taken away by the sweeper', undo, 'return each.some((one) => one !== false);', 'return false;'),
  mutant(
    'nobody takes back what a crash left',
    'lib/stages/upkeep/settle.ts',
    "new Set<Step>(['applying', 'applied', 'failed', 'undoing']);",
    'new Set<Step>([]);',
  ),
  mutant('the sweeper never looks at changes', sweep, '...(await sweepChanges(world)),', ''),
  mutant(
    'a stuck change calls nobody',
    sweep,
    "if (change.step === 'stuck') return tellStuck(world, change, 'is stuck and waits for a person');",
    "if (change.step === 'stuck') return;",
  ),
  mutant('an undo that was lost is not begun again', sweep, 'if (undoIsLost(world, change)) await startUndoAgain(world, change);', ''),
  mutant(
    'a change that nobody could judge is open for ever',
    'lib/journal/journal.ts',
    "(c.step === 'verified' || c.step === 'applied') &&",
    "c.step === 'verified' &&",
  ),
];

const leases: readonly Mutant[] = [
  mutant(
    'the end of a lease is not scheduled',
    apply,
    'if (record.leaseEndsAt !== undefined) await scheduleLeaseEnd(world, record, record.leaseEndsAt);',
    '',
    'the sweeper ends it five minutes later',
  ),
  mutant(
    'the sweeper does not end leases',
    sweep,
    'if (leaseIsOver(change, world.now()))',
    'if (false as boolean)',
    'the schedule ends it; only where both fail it stands',
  ),
  mutant(
    'a lease is never over',
    lease,
    "if (!(await stillUsed(world, record))) return { over: 'the lease is over' };",
    "if (!(await stillUsed(world, record))) return 'extended';",
  ),
  mutant(
    'a lease is extended without end',
    lease,
    'if ((record.extended ?? 0) < 1 && isPaidFor(world, record, leaseMs))',
    'if (isPaidFor(world, record, leaseMs))',
  ),
  mutant('a lease is extended whatever it costs', lease, '/ hourMs <= world.installation.caps.usdPerDay;', '/ hourMs <= 1e9;'),
  mutant('a leased change is kept by time', 'lib/journal/journal.ts', 'c.leaseEndsAt === undefined &&', ''),
  mutant(
    'use that cannot be read extends a lease',
    lease,
    'return each.some((one) => one === true);',
    'return each.some((one) => one !== false);',
  ),
];

export const ofChanging: readonly Mutant[] = [...journal, ...locks, ...looks, ...ways, ...leases];
