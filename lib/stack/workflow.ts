// The two state machines, as docs/architecture.md draws them: the only orchestration there is. JSONPath alone (emulators and
// the in-process runs read it the same way), waits are states, and every task has a way to a person when it fails.
import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DutyId } from '../duties.ts';

/** What a duty runs as: a published version, so that an upgrade leaves running executions alone. */
/** Whatever a machine may call; the one that receives stands outside, and may not be there. */
type Worker = Exclude<DutyId, 'receive'>;
export type Invoked = (duty: Worker) => { readonly version: lambda.IFunction; readonly timeoutSeconds: number };

/** How much longer a task waits than its function may run: Lambda's own timeout must speak first. */
export const taskMarginSeconds = 15;
/**
 * How long the machine waits for a click before it looks again; the question stays open in the incident's row. Each look costs some
 * twenty calls, two of them on the gateway's control plane: a question that stands long is looked at less often.
 */
const askSeconds = { 'Ask a person': 120, 'Keep asking': 300 } as const;
/** Above the day after which decide closes; about 26 events a round of asking stays under Step Functions' 25,000 (platform.md §1). */
export const incidentTimeoutHours = 30;
export const undoTimeoutHours = 1;

/**
 * The transient errors of an invocation (platform.md §1; Step Functions' list of Lambda errors), and a process that was killed or died
 * (signals.md, function logs): each stage run again goes on where it was, so one death is no reason to give an incident up.
 */
export const transient = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Sandbox.Timedout',
  'Runtime.ExitError',
] as const;

/** The states of the incident machine, chained; the answer is where it starts. */
export function incidentChain(scope: Construct, invoked: Invoked): sfn.IChainable {
  const state = tasks(scope, invoked);
  const failure = tellFailure(scope, state, { incidentId: sfn.JsonPath.stringAt('$.incidentId') });
  const done = new sfn.Succeed(scope, 'Done');
  const route = new sfn.Choice(scope, 'Route', { comment: 'Where the last task said to go' });
  const investigate = state('Investigate', 'investigate', incident);
  const decide = state('Decide', 'decide', incident);
  const tell = state('Tell', 'tell', sfn.TaskInput.fromJsonPathAt('$'), dropped);
  const carryOut = state('Carry out', 'carry-out', incidentAnd({ do: 'apply' }));
  const takeBack = state('Take back', 'carry-out', incidentAnd({ do: 'take-back' }));
  const prove = state('Prove', 'prove', incident);
  const close = state('Close', 'close', incident);
  const tellClosed = state('Tell closed', 'tell', incident, dropped);
  const ask = askAPerson(scope, invoked, 'Ask a person');
  const keepAsking = askAPerson(scope, invoked, 'Keep asking');
  for (const task of [investigate, decide, tell, carryOut, takeBack, prove, close, tellClosed]) caught(task, failure);
  for (const asking of [ask, keepAsking]) {
    asking.addCatch(investigate, { errors: [sfn.Errors.TIMEOUT], resultPath: sfn.JsonPath.DISCARD });
    caught(asking, failure).next(decide);
  }

  investigate.next(new sfn.Choice(scope, 'Investigated').when(said('decide'), decide).otherwise(route));
  for (const task of [decide, carryOut, takeBack, prove]) task.next(tell);
  tell.next(route);
  close.next(new sfn.Choice(scope, 'Closed').when(said('investigate'), investigate).otherwise(tellClosed));
  tellClosed.next(done);
  route
    .when(said('wait'), waitUntil(scope, 'Wait').next(investigate))
    .when(said('ask'), ask)
    .when(said('keep-asking'), keepAsking)
    .when(said('carry-out'), carryOut)
    .when(said('carry-on'), waitUntil(scope, 'Wait to carry on').next(carryOut))
    .when(said('wait-for-proof'), waitUntil(scope, 'Wait for proof').next(prove))
    .when(said('prove'), prove)
    .when(said('take-back'), takeBack)
    .when(said('investigate'), investigate)
    .when(said('decide'), decide)
    .when(said('close'), close)
    .when(said('end'), done)
    .otherwise(unknownWay(scope).next(failure));
  return investigate;
}

/** The states of the Undo machine: started by a click, by a lease's schedule or by the sweeper. */
export function undoChain(scope: Construct, invoked: Invoked): sfn.IChainable {
  const state = tasks(scope, invoked);
  const failure = tellFailure(scope, state, { changeId: sfn.JsonPath.stringAt('$.changeId') });
  const order = new sfn.Pass(scope, 'Take the order', { result: sfn.Result.fromString('undo'), resultPath: '$.do' });
  const undo = caught(state('Undo', 'carry-out', sfn.TaskInput.fromJsonPathAt('$')), failure);
  const told = sfn.TaskInput.fromObject({
    changeId: sfn.JsonPath.stringAt('$.changeId'),
    incidentId: sfn.JsonPath.stringAt('$.incidentId'),
  });
  const tell = caught(state('Tell', 'tell', told, dropped), failure);
  return order.next(undo).next(tell).next(new sfn.Succeed(scope, 'Done'));
}

const dropped = { resultPath: sfn.JsonPath.DISCARD };
const incidentAnd = (more: Record<string, string>): sfn.TaskInput =>
  sfn.TaskInput.fromObject({ ...more, incidentId: sfn.JsonPath.stringAt('$.incidentId') });
const incident = incidentAnd({});
const said = (next: string): sfn.Condition => sfn.Condition.stringEquals('$.next', next);

type MakeTask = (name: string, duty: Worker, payload: sfn.TaskInput, result?: { resultPath: string }) => LambdaInvoke;

function tasks(scope: Construct, invoked: Invoked): MakeTask {
  return (name, duty, payload, result) => {
    const { version, timeoutSeconds } = invoked(duty);
    const taskTimeout = sfn.Timeout.duration(Duration.seconds(timeoutSeconds + taskMarginSeconds));
    return retried(
      new LambdaInvoke(scope, name, {
        lambdaFunction: version,
        payload,
        taskTimeout,
        retryOnServiceExceptions: false,
        ...(result ?? { outputPath: '$.Payload' }),
      }),
    );
  };
}

function askAPerson(scope: Construct, invoked: Invoked, name: keyof typeof askSeconds): LambdaInvoke {
  return retried(
    new LambdaInvoke(scope, name, {
      lambdaFunction: invoked('tell').version,
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: incidentAnd({ taskToken: sfn.JsonPath.taskToken }),
      taskTimeout: sfn.Timeout.duration(Duration.seconds(askSeconds[name])),
      retryOnServiceExceptions: false,
      ...dropped,
    }),
  );
}

function retried(task: LambdaInvoke): LambdaInvoke {
  task.addRetry({ errors: [...transient], interval: Duration.seconds(2), backoffRate: 2, maxAttempts: 3 });
  return task;
}

function caught(task: LambdaInvoke, handler: sfn.IChainable): LambdaInvoke {
  task.addCatch(handler, { errors: [sfn.Errors.ALL], resultPath: '$.failure' });
  return task;
}

/** Ends in Fail, so that the rule on failed executions sees it too. Its own failure ends there as well: the sweeper tells then. */
function tellFailure(scope: Construct, state: MakeTask, about: Record<string, string>): sfn.IChainable {
  const failed = new sfn.Fail(scope, 'Failed', {
    error: 'Gatemedic.TaskFailed',
    cause: 'A task of this execution failed; the incident, the Slack message and the log of its function say which',
  });
  const told = state(
    'Tell a failure',
    'tell',
    sfn.TaskInput.fromObject({ ...about, failure: sfn.JsonPath.objectAt('$.failure') }),
    dropped,
  );
  told.addCatch(failed, { errors: [sfn.Errors.ALL], resultPath: sfn.JsonPath.DISCARD });
  told.next(failed);
  return told;
}

/** A Choice that matches nothing fails where no Catch sees it; this one goes to a person instead. */
const unknownWay = (scope: Construct): sfn.Pass =>
  new sfn.Pass(scope, 'Unknown way', {
    result: sfn.Result.fromObject({ Error: 'Gatemedic.UnknownNext', Cause: 'a task answered a next that the workflow does not know' }),
    resultPath: '$.failure',
  });

const waitUntil = (scope: Construct, name: string): sfn.Wait =>
  new sfn.Wait(scope, name, { time: sfn.WaitTime.timestampPath('$.untilAt') });
