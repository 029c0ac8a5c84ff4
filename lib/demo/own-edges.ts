// Gatemedic's own edges inside the sandbox: topic, workflow, dead letters. Each asks the role first, is counted at the wire, and can be refused like the real one.
import type { SimulatedClock } from '../sandbox/clock.ts';
import { MachineError, type Machines } from '../workflow/machines.ts';
import type { DutyId } from '../duties.ts';
import type { Store } from '../store/store.ts';
import type { DeadLetter, Slack, Topic, UndoInput, Workflow } from '../world.ts';
import type { OwnArns } from '../aws/own.ts';
import type { OwnWire, Said } from './own-wire.ts';

export function sandboxTopic(wire: OwnWire, own: OwnArns, said: Said[], clock: SimulatedClock): Topic {
  return {
    async publish(subject, message) {
      wire('sns', 'sns:Publish', own.topic);
      said.push({ at: clock.now(), subject, message: structuredClone(message) });
    },
  };
}

export interface PutAside {
  readonly record: unknown;
  readonly reason: string;
}

export function sandboxDeadLetter(wire: OwnWire, own: OwnArns, kept: PutAside[]): DeadLetter {
  return {
    async put(record, reason) {
      wire('sqs', 'sqs:SendMessage', own.deadLetterQueue);
      kept.push({ record, reason });
    },
  };
}

/** `scheduled` holds the names of one-off schedules still to come. EventBridge Scheduler fires within the minute. */
const minuteMs = 60_000;

export function sandboxWorkflow(
  wire: OwnWire,
  own: OwnArns,
  machines: () => Machines,
  clock: SimulatedClock,
  scheduled: Set<string>,
): Workflow {
  const start = (machine: string, name: string, input: unknown): 'started' | 'already' => {
    wire('states', 'states:StartExecution', machine);
    return started(machines(), machine, name, input);
  };
  return {
    startIncident: async (incidentId) => start(own.incidentMachine, incidentId, { incidentId }),
    startUndo: async (input) => start(own.undoMachine, input.name, input),
    async wake(taskToken, output) {
      wire('states', 'states:SendTaskSuccess', '*');
      return refusedAs(() => machines().sendTaskSuccess(taskToken, JSON.stringify(output)), ['TaskTimedOut', 'InvalidToken'])
        ? 'gone'
        : 'woken';
    },
    async scheduleUndo(input: UndoInput, atMs) {
      wire('scheduler', 'scheduler:CreateSchedule', own.schedules.replace(/\*$/, input.name));
      wire('iam', 'iam:PassRole', own.schedulerRole);
      scheduled.add(input.name);
      clock.at(Math.ceil(atMs / minuteMs) * minuteMs, () => {
        scheduled.delete(input.name);
        started(machines(), own.undoMachine, input.name, input);
      });
    },
    async status(incidentId) {
      wire('states', 'states:DescribeExecution', own.incidentExecutions.replace(/\*$/, incidentId));
      const found = machines()
        .list(own.incidentMachine)
        .find((d) => d.name === incidentId);
      return found ? (found.status === 'RUNNING' ? 'running' : 'ended') : 'unknown';
    },
  };
}

function started(machines: Machines, stateMachineArn: string, name: string, input: unknown): 'started' | 'already' {
  const before = machines.list(stateMachineArn).some((d) => d.name === name);
  const refused = refusedAs(
    () => machines.startExecution({ stateMachineArn, name, input: JSON.stringify(input) }),
    ['ExecutionAlreadyExists'],
  );
  return refused || before ? 'already' : 'started';
}

/** Whether Step Functions refused with one of these errors; any other error is a bug and goes on. */
function refusedAs(act: () => unknown, names: readonly string[]): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof MachineError && names.includes(error.name)) return true;
    throw error;
  }
}

/** The one store, seen through one role: what the role does not allow, the store refuses. */
export function guardedStore(wire: OwnWire, { table }: OwnArns, store: Store): Store {
  const asked = <T>(action: string, arn: string, work: () => Promise<T>): Promise<T> => {
    wire('dynamodb', action, arn);
    return work();
  };
  return {
    get: (key) => asked('dynamodb:GetItem', table, () => store.get(key)),
    putIfAbsent: (item) => asked('dynamodb:PutItem', table, () => store.putIfAbsent(item)),
    putIfUnchanged: (item, version) => asked('dynamodb:PutItem', table, () => store.putIfUnchanged(item, version)),
    deleteIfUnchanged: (key, version) => asked('dynamodb:DeleteItem', table, () => store.deleteIfUnchanged(key, version)),
    countBelow: (key, max, expiresAt) => asked('dynamodb:UpdateItem', table, () => store.countBelow(key, max, expiresAt)),
    list: (name, range) => asked('dynamodb:Query', `${table}/index/list`, () => store.list(name, range)),
  };
}

/** Of a duty that never speaks to people. */
export function noSlack(duty: DutyId): Slack {
  const refuse = (): never => {
    throw new Error(`duty ${duty} has no edge to slack; add it to lib/duties.ts if it must`);
  };
  return { post: refuse, update: refuse, whisper: refuse };
}
