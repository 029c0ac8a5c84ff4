// What Gatemedic watches here: a REST API with a Lambda function behind it, made by the services' own calls. MiniStack's gateway writes neither
// logs nor metrics and lets every call through, so both are written here, at the times and in the words real ones have (signals.md §5).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  PublishVersionCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { place, python } from './deploy.ts';

const lambda = new LambdaClient({});
const gateway = new APIGatewayClient({});
const logs = new CloudWatchLogsClient({});
const metrics = new CloudWatchClient({});

export interface Patient {
  readonly apiId: string;
  readonly name: string;
  readonly functionArn: string;
  readonly qualifier?: string;
  readonly logGroup: string;
  readonly sourceArn: string;
}

const stage = 'prod';

function code(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'gatemedic-patient-'));
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({ statusCode: 200, body: "ok" });\n');
  execFileSync(python, ['-m', 'zipfile', '-c', 'code.zip', 'index.mjs'], { cwd: folder });
  return readFileSync(join(folder, 'code.zip'));
}

/** An API whose one route, GET /, calls its function: the function itself, or its alias `live`. */
export async function makePatient(name: string, alias: boolean): Promise<Patient> {
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${place.accountId}:role/any`,
      Code: { ZipFile: new Uint8Array(code()) },
      Timeout: 5,
      Tags: { gatemedic: 'allowed' },
    }),
  );
  const functionArn = made.FunctionArn ?? '';
  if (alias) {
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: name }));
    await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: Version }));
  }
  const called = alias ? `${functionArn}:live` : functionArn;
  const { id: restApiId = '' } = await gateway.send(new CreateRestApiCommand({ name }));
  const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
  const where = { restApiId, resourceId: items[0]?.id, httpMethod: 'GET' };
  await gateway.send(new PutMethodCommand({ ...where, authorizationType: 'NONE' }));
  await gateway.send(
    new PutIntegrationCommand({
      ...where,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:${place.region}:lambda:path/2015-03-31/functions/${called}/invocations`,
    }),
  );
  await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: stage }));
  await gateway.send(
    new UpdateStageCommand({
      restApiId,
      stageName: stage,
      patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'ERROR' }],
    }),
  );
  const logGroup = `API-Gateway-Execution-Logs_${restApiId}/${stage}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: logGroup, logStreamName: 'a' }));
  return {
    apiId: restApiId,
    name,
    functionArn,
    ...(alias ? { qualifier: 'live' } : {}),
    logGroup,
    sourceArn: `arn:aws:execute-api:${place.region}:${place.accountId}:${restApiId}/*/GET/`,
  };
}

const target = (p: Patient): { FunctionName: string; Qualifier?: string } => ({
  FunctionName: p.name,
  ...(p.qualifier ? { Qualifier: p.qualifier } : {}),
});

export const grant = (p: Patient): Promise<unknown> =>
  lambda.send(
    new AddPermissionCommand({
      ...target(p),
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: p.sourceArn,
    }),
  );
export const revoke = (p: Patient): Promise<unknown> => lambda.send(new RemovePermissionCommand({ ...target(p), StatementId: 'api' }));

/** The statements of the function's policy; none where there is no policy. */
export async function statements(
  p: Patient,
): Promise<readonly { readonly Sid: string; readonly Principal: unknown; readonly Condition?: unknown }[]> {
  try {
    const { Policy } = await lambda.send(new GetPolicyCommand(target(p)));
    return (JSON.parse(Policy ?? '{}') as { Statement?: { Sid: string; Principal: unknown }[] }).Statement ?? [];
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return [];
    throw error;
  }
}

const minute = 60_000;

/** A minute's datapoints, as CloudWatch would have them. */
export async function minuteOf(p: Patient, at: number, { requests, failures }: { requests: number; failures: number }): Promise<void> {
  const Timestamp = new Date(Math.floor(at / minute) * minute);
  const gatewayPoint = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Timestamp,
    Dimensions: [
      { Name: 'ApiName', Value: p.name },
      { Name: 'Stage', Value: stage },
    ],
  });
  await metrics.send(
    new PutMetricDataCommand({
      Namespace: 'AWS/ApiGateway',
      MetricData: [
        gatewayPoint('Count', requests),
        gatewayPoint('5XXError', failures),
        gatewayPoint('4XXError', 0),
        gatewayPoint('Latency', 40),
      ],
    }),
  );
  const functionPoint = (MetricName: string, Value: number, resource?: string) => ({
    MetricName,
    Value,
    Timestamp,
    Dimensions: [{ Name: 'FunctionName', Value: p.name }, ...(resource ? [{ Name: 'Resource', Value: resource }] : [])],
  });
  const invoked = requests - failures;
  if (invoked > 0)
    for (const resource of [undefined, ...(p.qualifier ? [`${p.name}:${p.qualifier}`] : [])])
      await metrics.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/Lambda',
          MetricData: [
            functionPoint('Invocations', invoked, resource),
            functionPoint('Errors', 0, resource),
            functionPoint('Throttles', 0, resource),
            functionPoint('Duration', 20, resource),
          ],
        }),
      );
}

/** Ten healthy minutes, then failing ones up to now. */
export async function history(p: Patient, now: number, failingMinutes: number): Promise<void> {
  for (let n = 12; n >= 0; n--) await minuteOf(p, now - n * minute, { requests: 60, failures: n <= failingMinutes ? 60 : 0 });
}

/** The gateway's own words for a call it may not make (messages.md §2), delivered by the subscription filter. */
export async function failingLines(p: Patient, at: number, requests = 5): Promise<void> {
  const events = Array.from({ length: requests }, (_, n) => {
    const id = `0c1d2e3f-0000-4000-8000-${String(n).padStart(12, '0')}`;
    return [
      { timestamp: at + n * 100, message: `(${id}) Execution failed due to configuration error: Invalid permissions on Lambda function` },
      { timestamp: at + n * 100 + 1, message: `(${id}) Method completed with status: 500` },
    ];
  }).flat();
  await logs.send(new PutLogEventsCommand({ logGroupName: p.logGroup, logStreamName: 'a', logEvents: events }));
}
