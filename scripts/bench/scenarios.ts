// Every scenario to its end, by the log path and by the alarm path, silent persons; and what that costs. The runs are simulated: the seconds
// are those of the story, the same on every machine.
import type { Summary } from '../../lib/demo/summary.ts';
import type { Usage } from '../../lib/demo/meter.ts';
import { seconds, type Table } from './table.ts';

export interface Told {
  readonly scenario: string;
  readonly path: 'logs' | 'alarms';
  readonly summary: Summary;
  readonly problems: readonly string[];
  readonly usage: Usage;
}

const services = [
  'apigateway',
  'cloudformation',
  'cloudtrail',
  'cloudwatch',
  'lambda',
  'logs',
  'ssm',
  'dynamodb',
  'states',
  'sns',
] as const;

const callsOf = ({ awsCalls }: Summary, service: (typeof services)[number]): string =>
  String((awsCalls[service] ?? 0) + (service === 'apigateway' ? (awsCalls['apigatewayv2'] ?? 0) : 0));

export function scenarioTables(told: readonly Told[]): readonly Table[] {
  return [timesTable(told), callsTable(told)];
}

function timesTable(told: readonly Told[]): Table {
  return {
    title: 'From the first failure',
    says: [
      'Seconds of the story from the first failed request to the diagnosis that stood in the end, to the change, to its proof; nobody presses a button. Metrics, logs, CloudTrail and IAM are as late in the sandbox as in an account. Path: by logs, or with stage logging off, by alarms only.',
    ],
    head: ['scenario', 'path', 'cause', 'certainty', 'outcome', 'diagnosis s', 'change s', 'proven s', 'as expected'],
    rows: told.map(({ scenario, path, summary: s, problems }) => [
      scenario,
      path,
      s.cause,
      s.certainty,
      s.outcome,
      seconds(s.firstFailureToDiagnosisMs),
      seconds(s.firstFailureToChangeMs),
      seconds(s.firstFailureToProvenMs),
      problems.length === 0 ? 'yes' : `no: ${problems.join('; ')}`,
    ]),
  };
}

function callsTable(told: readonly Told[]): Table {
  return {
    title: 'Calls of each story',
    says: [
      'Attempts at the wire from the break to the end of the story, retries included, the sweeps and the filter keeping that fall into it too. The first seven services are what is watched; DynamoDB, Step Functions and SNS are Gatemedic’s own. `apigateway` counts both of its APIs.',
    ],
    head: ['scenario', 'path', ...services],
    rows: told.map(({ scenario, path, summary }) => [scenario, path, ...services.map((service) => callsOf(summary, service))]),
  };
}
