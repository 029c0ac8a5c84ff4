// The SDK with a handler that sees the wire: what is sent, once, and what each kind of answer becomes.
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { callError } from '../../lib/aws/errors.ts';
import { liveAttempt } from '../../lib/aws/live.ts';
import { watchedSettings } from '../../lib/aws/live/settings.ts';
import { callNames, table } from '../../lib/aws/table.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
delete process.env['AWS_ENDPOINT_URL'];

interface Wire {
  readonly method: string;
  readonly path: string;
  readonly hostname: string;
  readonly headers: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
}
interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

function wired(reply: Reply | (() => never), endpoint?: string) {
  const seen: Wire[] = [];
  const handler = {
    handle(request: Wire) {
      seen.push(request);
      if (typeof reply === 'function') return reply();
      return Promise.resolve({
        response: {
          statusCode: reply.status,
          headers: { 'content-type': 'application/json', ...reply.headers },
          body: Readable.from([Buffer.from(reply.body ?? '')]),
        },
      }) as Promise<never>;
    },
  };
  return { seen, attempt: liveAttempt({ ...watchedSettings('eu-west-1'), requestHandler: handler }, endpoint) };
}
const failing = (status: number, type: string, message: string, headers: Record<string, string> = {}): Reply => ({
  status,
  body: JSON.stringify({ __type: type, message, Message: message }),
  headers: { 'x-amzn-errortype': type, ...headers },
});

describe('what is sent', () => {
  test('a REST export asks for the deployed definition', async () => {
    const { seen, attempt } = wired({ status: 200, body: '{"openapi":"3.0.1"}' });
    const answer = await attempt('apigateway:GetExport', {
      restApiId: 'abc',
      stageName: 'prod',
      exportType: 'oas30',
      accepts: 'application/json',
      parameters: { extensions: 'integrations' },
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'GET',
      hostname: 'apigateway.eu-west-1.amazonaws.com',
      path: '/restapis/abc/stages/prod/exports/oas30',
      query: { extensions: 'integrations' },
    });
    expect(answer.ok && new TextDecoder().decode(answer.value.body)).toBe('{"openapi":"3.0.1"}');
  });
  test('a policy is asked for with its qualifier', async () => {
    const { seen, attempt } = wired({ status: 200, body: '{"Policy":"{}","RevisionId":"r1"}' });
    expect(await attempt('lambda:GetPolicy', { FunctionName: 'orders', Qualifier: 'live' })).toMatchObject({
      ok: true,
      value: { RevisionId: 'r1' },
    });
    expect(seen[0]).toMatchObject({ path: '/2015-03-31/functions/orders/policy', query: { Qualifier: 'live' } });
  });
  test('behind an endpoint of one’s own, CloudWatch speaks the query protocol', async () => {
    const { seen, attempt } = wired(
      {
        status: 200,
        body: '<DescribeAlarmsResponse><DescribeAlarmsResult/></DescribeAlarmsResponse>',
        headers: { 'content-type': 'text/xml' },
      },
      'http://127.0.0.1:4566',
    );
    await attempt('cloudwatch:DescribeAlarms', { AlarmNames: ['a'] });
    expect(String(seen[0]?.body)).toContain('Action=DescribeAlarms');
  });
  test('every call of the table has its line in lib/aws/live', async () => {
    // a probe goes over no client of the SDK: probe.test.ts sees its wire
    for (const name of callNames.filter((n) => !n.startsWith('probe:'))) {
      const { seen, attempt } = wired(failing(400, 'NoAnswer', 'none'));
      // Label members must be there, or the SDK refuses to build the request; no call takes more of them than these.
      const labels = {
        FunctionName: 'f',
        Qualifier: 'q',
        Name: 'n',
        Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:f',
        StatementId: 's',
        restApiId: 'a',
        stageName: 's',
        exportType: 'oas30',
        ApiId: 'a',
        StageName: 's',
        Specification: 'OAS30',
        OutputType: 'JSON',
        domainName: 'd',
        DomainName: 'd',
        clientCertificateId: 'c',
        resourceId: 'r',
        httpMethod: 'GET',
        basePath: 'b',
        deploymentId: 'd',
        authorizerId: 'a',
        AuthorizerId: 'a',
        IntegrationId: 'i',
        vpcLinkId: 'v',
        VpcLinkId: 'v',
      };
      await attempt(name, labels as never);
      expect(seen, name).toHaveLength(1);
    }
    expect(callNames).toHaveLength(Object.keys(table).length);
  });
});

describe('what an answer becomes', () => {
  test.each([
    ['too many', failing(429, 'TooManyRequestsException', 'Rate exceeded'), 'throttled'],
    ['service unavailable', failing(503, 'ServiceUnavailableException', 'try later'), 'down'],
    ['a broken answer', { status: 200, body: '<html>busy</html>' }, 'down'],
    ['an empty gateway page', { status: 502, body: '<html>bad gateway</html>' }, 'down'],
    ['denied', failing(403, 'AccessDeniedException', 'User: arn is not authorized to perform: lambda:GetPolicy'), 'denied'],
    ['no such function', failing(404, 'ResourceNotFoundException', 'Function not found'), 'gone'],
    ['taken statement id', failing(409, 'ResourceConflictException', 'The statement id (x) provided already exists.'), 'conflict'],
    [
      'stale revision',
      failing(412, 'PreconditionFailedException', 'The Revision Id provided does not match the latest Revision Id.'),
      'conflict',
    ],
    ['bad parameter', failing(400, 'InvalidParameterValueException', 'The provided principal was invalid.'), 'refused'],
  ])('%s', async (_what, reply, kind) => {
    const { seen, attempt } = wired(reply);
    const answer = await attempt('lambda:GetPolicy', { FunctionName: 'orders' });
    expect(answer).toMatchObject({ ok: false, error: { kind, call: 'lambda:GetPolicy' } });
    expect(seen, 'one try').toHaveLength(1);
  });
  test('a wait that was asked for is passed on, in ms', async () => {
    const { attempt } = wired({ ...failing(429, 'TooManyRequestsException', 'Rate exceeded', { 'retry-after': '3' }) });
    expect(await attempt('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({
      ok: false,
      error: { kind: 'throttled', retryAfterMs: 3_000 },
    });
  });
  test('a network that fails is `down`', async () => {
    const { attempt } = wired(() => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    expect(await attempt('lambda:GetPolicy', { FunctionName: 'orders' })).toMatchObject({ ok: false, error: { kind: 'down' } });
  });
  test('a bug in our own input is seen, not swallowed', async () => {
    const { attempt } = wired({ status: 200, body: '{}' });
    await expect(attempt('lambda:GetPolicy', { FunctionName: undefined })).rejects.toThrow(/FunctionName/);
  });
});

describe('names that differ by service', () => {
  const thrown = (name: string, status: number, message = ''): Error =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  test.each([
    ['cloudformation:DescribeStacks', thrown('ValidationError', 400, 'Stack with id shop does not exist'), 'gone'],
    ['cloudformation:DescribeStacks', thrown('ValidationError', 400, 'Template error'), 'refused'],
    ['cloudformation:DescribeStacks', thrown('Throttling', 400, 'Rate exceeded'), 'throttled'],
    ['cloudtrail:LookupEvents', thrown('ThrottlingException', 400, 'Rate exceeded'), 'throttled'],
    ['ssm:GetParameter', thrown('ParameterNotFound', 400), 'gone'],
    ['logs:FilterLogEvents', thrown('ResourceNotFoundException', 400, 'The specified log group does not exist.'), 'gone'],
    ['logs:PutSubscriptionFilter', thrown('LimitExceededException', 400, 'Resource limit exceeded.'), 'refused'],
    ['logs:PutSubscriptionFilter', thrown('OperationAbortedException', 400), 'conflict'],
    ['apigateway:GetStage', thrown('LimitExceededException', 429), 'throttled'],
    ['apigateway:GetStage', thrown('UnauthorizedException', 401), 'denied'],
    ['lambda:GetProvisionedConcurrencyConfig', thrown('ProvisionedConcurrencyConfigNotFoundException', 404), 'gone'],
    ['lambda:GetFunctionConfiguration', thrown('KMSAccessDeniedException', 502), 'denied'],
    ['lambda:GetPolicy', thrown('ExpiredTokenException', 403), 'denied'],
  ] as const)('%s: %s', (call, error, kind) => {
    expect(callError(call, error)?.kind).toBe(kind);
  });
  test('what is no answer of AWS is none', () => {
    expect(callError('lambda:GetPolicy', new TypeError('x is undefined'))).toBeUndefined();
  });
});
