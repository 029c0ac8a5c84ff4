// Gatemedic's own edges inside the sandbox: topic, workflow, dead letters. Each asks the role first, is counted at the wire, and can be refused like the real one.
import type { MemoryTopicMessage, OwnWire } from './own-wire.ts';
import type { Machines } from '../workflow/machines.ts';
import type { SimulatedClock } from '../sandbox/clock.ts';
import type { DeadLetter, Topic, UndoInput, Workflow } from '../world.ts';

export interface OwnArns {
  readonly topic: string;
  readonly incidentMachine: string;
  readonly undoMachine: string;
  readonly scheduleGroup: string;
  readonly deadLetterQueue: string;
}

export function sandboxTopic(wire: OwnWire, arn: string, said: MemoryTopicMessage[], clock: SimulatedClock): Topic {
  return {
    async publish(subject, message) {
      wire('sns', 'sns:Publish', arn);
      said.push({ at: clock.now(), subject, message: structuredClone(message) });
    },
  };
}

export function sandboxDeadLetter(wire: OwnWire, arn: string, kept: { record: unknown; reason: string }[]): DeadLetter {
  return {
    async put(record, reason) {
      wire('sqs', 'sqs:SendMessage', arn);
      kept.push({ record, reason });
    },
  };
}

/** One-off schedules are kept by the caller's clock, as EventBridge Scheduler would: they fire within the minute. */
export function sandboxWorkflow(wire: OwnWire, machines: Machines, arns: OwnArns, clock: SimulatedClock): Workflow {
  const startUndo = async (input: UndoInput): Promise<'started' | 'already'> => {
    wire('states', 'states:StartExecution', arns.undoMachine);
    return machines.start('undo', input.name, { ...input });
  };
  return {
    async startIncident(incidentId) {
      wire('states', 'states:StartExecution', arns.incidentMachine);
      return machines.start('incident', incidentId, { incidentId });
    },
    startUndo,
    async wake(taskToken, output) {
      wire('states', 'states:SendTaskSuccess', '*');
      return machines.wake(taskToken, output);
    },
    async scheduleUndo(input, atMs) {
      wire('scheduler', 'scheduler:CreateSchedule', `${arns.scheduleGroup}/${input.name}`);
      const minute = Math.ceil(atMs / 60_000) * 60_000;
      clock.at(minute, () => void machines.start('undo', input.name, { ...input }));
    },
    async status(incidentId) {
      wire('states', 'states:DescribeExecution', `${arns.incidentMachine.replace(':stateMachine:', ':execution:')}:${incidentId}`);
      return machines.status('incident', incidentId);
    },
  };
}
