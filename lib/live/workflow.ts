// The workflow over Step Functions and EventBridge Scheduler. Names make everything happen once: an execution is named by its incident or
// its change, a schedule and the execution it starts by the same name.
import { createHash } from 'node:crypto';
import { ActionAfterCompletion, CreateScheduleCommand, FlexibleTimeWindowMode, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ClientSettings } from '../aws/live/settings.ts';
import type { UndoInput, Workflow } from '../world.ts';
import { asking } from './errors.ts';
import type { Settings } from './settings.ts';

/** EventBridge Scheduler fires within the minute and never for a time in the past (platform.md §7). */
const soonestMs = 60_000;

/** Calls the Step Functions API itself: the templated target cannot name the execution, and the name is what makes twice once. */
const startExecutionTarget = 'arn:aws:scheduler:::aws-sdk:sfn:startExecution';

/** `now` is milliseconds since 1970. */
export function liveWorkflow(settings: Settings, client: ClientSettings, now: () => number): Workflow {
  const states = new SFNClient(client);
  const scheduler = new SchedulerClient(client);
  const start = async (machineArn: string, name: string, input: object): Promise<'started' | 'already'> => {
    const command = new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) });
    const answer = await asking('states:StartExecution', () => states.send(command), { ExecutionAlreadyExists: 'already' as const });
    return answer === 'already' ? answer : 'started';
  };
  const startUndo = (input: UndoInput): Promise<'started' | 'already'> =>
    start(settings.get('GATEMEDIC_UNDO_MACHINE_ARN'), executionName(input.name), input);
  return {
    startIncident: (incidentId) => start(settings.get('GATEMEDIC_INCIDENT_MACHINE_ARN'), incidentId, { incidentId }),
    startUndo,
    wake: async (taskToken, output) => {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      const answer = await asking('states:SendTaskSuccess', () => states.send(command), {
        TaskTimedOut: 'gone',
        TaskDoesNotExist: 'gone',
        InvalidToken: 'gone',
      } as const);
      return answer === 'gone' ? answer : 'woken';
    },
    scheduleUndo: async (input, atMs) => {
      if (atMs - now() < soonestMs) await startUndo(input);
      else
        await asking('scheduler:CreateSchedule', () => scheduler.send(new CreateScheduleCommand(schedule(settings, input, atMs))), {
          ConflictException: 'already',
        });
    },
    status: async (incidentId) => {
      const command = new DescribeExecutionCommand({
        executionArn: `${settings.get('GATEMEDIC_INCIDENT_MACHINE_ARN').replace(':stateMachine:', ':execution:')}:${incidentId}`,
      });
      const answer = await asking('states:DescribeExecution', () => states.send(command), { ExecutionDoesNotExist: 'unknown' as const });
      if (answer === 'unknown') return answer;
      return answer.status === 'RUNNING' || answer.status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    },
  };
}

function schedule(settings: Settings, input: UndoInput, atMs: number): ConstructorParameters<typeof CreateScheduleCommand>[0] {
  const name = scheduleName(input.name);
  const machine = settings.get('GATEMEDIC_UNDO_MACHINE_ARN');
  return {
    Name: name,
    GroupName: settings.get('GATEMEDIC_SCHEDULE_GROUP'),
    ClientToken: name,
    ScheduleExpression: `at(${new Date(Math.ceil(atMs / 1_000) * 1_000).toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: FlexibleTimeWindowMode.OFF },
    ActionAfterCompletion: ActionAfterCompletion.DELETE,
    Target: {
      Arn: startExecutionTarget,
      RoleArn: settings.get('GATEMEDIC_SCHEDULER_ROLE_ARN'),
      Input: JSON.stringify({ StateMachineArn: machine, Name: executionName(input.name), Input: JSON.stringify(input) }),
    },
  };
}

/** Execution names: 80 characters (platform.md §1). Schedules: 64 of [0-9a-zA-Z-_.] (§7). A longer name keeps its start and a hash of the whole. */
const executionName = (name: string): string => shortened(name, 80);
const scheduleName = (name: string): string => shortened(name, 64);
function shortened(name: string, longest: number): string {
  if (name.length <= longest && /^[\w.-]+$/.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.replace(/[^\w.-]/g, '-').slice(0, longest - 17)}-${hash}`;
}
