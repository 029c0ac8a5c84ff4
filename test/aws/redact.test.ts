// What must never pass the AWS edge, in the shapes it comes in; and what must pass untouched.
import { assert, jsonValue, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutLine, maxLineLength, redactAnswer, redactText, redactValue, secretPatterns } from '../../lib/aws/redact.ts';
import { isLinear } from '../linear.ts';

describe('secrets go', () => {
  const token = `IQoJb3JpZ2luX2VjE${'A1b2'.repeat(40)}`;
  test.each([
    // evidence.md §4: a real execution log's header dump.
    [
      'execution log',
      `(abc) Endpoint request headers: {Authorization=*****, X-Amz-Security-Token=${token}, X-Amz-Source-Arn=arn:aws:execute-api:us-east-1:111122223333:a1/prod/GET/pets}`,
      [token],
      ['X-Amz-Source-Arn=arn:aws:execute-api:us-east-1:111122223333:a1/prod/GET/pets'],
    ],
    ['header line', 'Authorization: Basic dXNlcjpwYXNz', ['dXNlcjpwYXNz'], ['Authorization']],
    ['cookie', 'Method request headers: {Cookie=session=abc123; theme=dark, Host=x.example}', ['abc123', 'dark'], ['Host=x.example']],
    ['json', '{"headers":{"authorization":"Bearer abcdefgh12345678","host":"h"}}', ['abcdefgh12345678'], ['"host":"h"']],
    ['escaped json', '{"body":"{\\"password\\":\\"hunter22\\",\\"user\\":\\"ann\\"}"}', ['hunter22'], ['ann']],
    ['a quote inside a json secret', '{"password":"ab\\"cdef","user":"ann"}', ['cdef'], ['"user":"ann"']],
    [
      'sigv4',
      'Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260926/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024',
      ['AKIAIOSFODNN7EXAMPLE', 'fe5f80f77d5f'],
      ['SignedHeaders=host'],
    ],
    ['access key', 'key AKIAIOSFODNN7EXAMPLE used', ['AKIAIOSFODNN7EXAMPLE'], ['used']],
    ['environment dump', 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ['wJalrXUt'], ['AWS_SECRET_ACCESS_KEY']],
    ['jwt', `token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4 end`, ['eyJzdWIi'], ['end']],
    [
      'slack',
      'xoxb-123456789012-abcdefghij and https://hooks.slack.com/services/T000/B000/XXXX',
      ['abcdefghij', 'T000/B000'],
      ['hooks.slack.com'],
    ],
    [
      'a longer name',
      '{"dbPassword":"s3cr3tA","userAccessToken":"s3cr3tB"} stripe_secret=s3cr3tC',
      ['s3cr3tA', 's3cr3tB', 's3cr3tC'],
      ['dbPassword'],
    ],
    ['query', 'GET /pay?access_token=s3cr3ts3cr3t&id=7', ['s3cr3ts3cr3t'], ['&id=7']],
    ['database url', 'connect postgres://app:s3cret!@db.example:5432/shop failed', ['s3cret', 'app:'], ['db.example:5432/shop']],
    ['e-mail', 'no user ann.lee+x@mail.example.com', ['ann.lee'], ['no user']],
    ['card', 'card 4111 1111 1111 1111 declined', ['4111'], ['declined']],
    ['key file', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----', ['MIIEpAIB'], []],
  ])('%s', (_what, text, lost, kept) => {
    const safe = redactText(text);
    for (const secret of lost) expect(safe).not.toContain(secret);
    for (const part of kept) expect(safe).toContain(part);
    expect(redactText(safe), 'twice is once').toBe(safe);
  });
});

describe('evidence stays', () => {
  test.each([
    'Execution failed due to configuration error: Invalid permissions on Lambda function',
    '2026-09-26T12:30:45.123Z 3f1c9a52-7c2d-4b0e-9c1d-0123456789ab Task timed out after 3.00 seconds',
    'REPORT RequestId: 3f1c9a52-7c2d-4b0e-9c1d-0123456789ab Duration: 1700000000123.00 ms Billed Duration: 3000 ms',
    'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
    'eventId 38213123456789012345678901234567890123456789012345678901',
    'at 1764161234567 and 1764161234567890',
    '44444444-5555-4666-8777-888888888888',
    '{"api_key":{"type":"apiKey","name":"x-api-key","in":"header"},"security":[{"authorization":[]}]}',
    '{"Statement":[{"Sid":"secret-rotation","Principal":{"Service":"secretsmanager.amazonaws.com"}}]}',
    'the token is missing; authorization failed',
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text);
  });
  test('a document stays a document', () => {
    const export30 = {
      paths: {
        '/pay': {
          post: {
            'x-amazon-apigateway-integration': {
              uri: 'arn',
              requestParameters: {
                'integration.request.header.Authorization': "'Bearer abcdefgh12345678'",
                'integration.request.header.x-api-key': "'k3y'",
              },
            },
          },
        },
      },
    };
    const safe = JSON.parse(redactText(JSON.stringify(export30))) as typeof export30;
    expect(JSON.stringify(safe)).not.toMatch(/abcdefgh|k3y/);
    expect(safe.paths['/pay'].post['x-amazon-apigateway-integration'].uri).toBe('arn');
  });
  test('any JSON stays JSON, secrets or not', () => {
    const parses = (text: string): boolean => {
      JSON.parse(text);
      return true;
    };
    const stays = property(jsonValue(), (value) => parses(redactText(JSON.stringify({ password: 'hunter22', value, token: 'x' }))));
    // a decimal whose whole part passes for a card number
    expect(() => assert(stays, { examples: [[{ '': { '': 204555184032974.03 } }]] })).not.toThrow();
  });
});

describe('by call', () => {
  test('environment values go, their names stay', () => {
    expect(
      redactAnswer('lambda:GetFunctionConfiguration', {
        FunctionName: 'f',
        Environment: { Variables: { DB: 'anything at all' }, Error: { ErrorCode: 'x' } },
      }),
    ).toEqual({ FunctionName: 'f', Environment: { Variables: { DB: '[redacted]' }, Error: { ErrorCode: 'x' } } });
  });
  test('a stage variable called Environment is none', () => {
    expect(redactAnswer('apigateway:GetStage', { variables: { Environment: 'prod' } })).toEqual({ variables: { Environment: 'prod' } });
  });
  test('an exported definition comes as bytes and stays bytes', () => {
    const safe = redactAnswer('apigateway:GetExport', { body: new TextEncoder().encode('{"authorization":"abc12345"}') }) as {
      body: Uint8Array;
    };
    expect(new TextDecoder().decode(safe.body)).toBe('{"authorization":"[redacted]"}');
  });
  test('a stack event of anything but a permission loses its properties', () => {
    const event = (ResourceType: string) => ({
      ResourceType,
      ResourceProperties: '{"Action":"lambda:InvokeFunction","MasterUserPassword":"p"}',
    });
    const safe = redactAnswer('cloudformation:DescribeStackEvents', {
      StackEvents: [event('AWS::Lambda::Permission'), event('AWS::RDS::DBInstance')],
    });
    expect(safe).toEqual({
      StackEvents: [
        { ResourceType: 'AWS::Lambda::Permission', ResourceProperties: expect.stringContaining('lambda:InvokeFunction') as string },
        { ResourceType: 'AWS::RDS::DBInstance' },
      ],
    });
  });
  test('values of stack parameters and outputs go', () => {
    expect(
      redactAnswer('cloudformation:DescribeStacks', {
        Stacks: [
          {
            StackStatus: 'UPDATE_COMPLETE',
            Parameters: [{ ParameterKey: 'P', ParameterValue: 'v' }],
            Outputs: [{ OutputKey: 'O', OutputValue: 'w' }],
          },
        ],
      }),
    ).toEqual({
      Stacks: [
        {
          StackStatus: 'UPDATE_COMPLETE',
          Parameters: [{ ParameterKey: 'P', ParameterValue: '[redacted]' }],
          Outputs: [{ OutputKey: 'O', OutputValue: '[redacted]' }],
        },
      ],
    });
  });
  test('the trail keeps who did it and loses the key it was done with', () => {
    const safe = redactAnswer('cloudtrail:LookupEvents', {
      Events: [{ Username: 'ann@example.com', AccessKeyId: 'ASIAIOSFODNN7EXAMPLE' }],
    });
    expect(safe).toEqual({ Events: [{ Username: 'ann@example.com', AccessKeyId: '[redacted]' }] });
  });
  test('a policy that names a secret is kept to the letter, everything beside it loses its keys', () => {
    const document =
      '{"Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:r:1:secret:db-AbC"}]}';
    const record = (name: 'cloudtrail:LookupGlobalEvents' | 'cloudtrail:LookupEvents') => {
      const CloudTrailEvent = JSON.stringify({
        userIdentity: { userName: 'ann@example.com', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' },
        requestParameters: { roleName: 'gateway', policyDocument: document },
        responseElements: { credentials: { sessionToken: 'abc' } },
      });
      return JSON.stringify(redactAnswer(name, { Events: [{ CloudTrailEvent }] }));
    };
    const kept = JSON.parse(
      (JSON.parse(record('cloudtrail:LookupGlobalEvents')) as { Events: { CloudTrailEvent: string }[] }).Events[0]?.CloudTrailEvent ?? '',
    );
    expect(kept.requestParameters).toEqual({ roleName: 'gateway', policyDocument: document });
    expect(kept.userIdentity).toEqual({ userName: 'ann@example.com', accessKeyId: '[redacted]' });
    expect(kept.responseElements).toEqual({ credentials: { sessionToken: '[redacted]' } });
    expect(record('cloudtrail:LookupEvents')).not.toContain('secret:db-AbC');
    const encoded = { PolicyDocument: encodeURIComponent(document) };
    expect(redactAnswer('iam:GetRolePolicy', encoded)).toEqual(encoded);
    const version = { PolicyVersion: { Document: encodeURIComponent(document) } };
    expect(redactAnswer('iam:GetPolicyVersion', version)).toEqual(version);
  });
  test('dates, numbers and nothing pass', () => {
    const at = new Date(0);
    expect(redactValue({ at, n: 1, no: null, missing: undefined, list: [at, true] })).toEqual({
      at,
      n: 1,
      no: null,
      missing: undefined,
      list: [at, true],
    });
  });
  test('log lines are cut', () => {
    const safe = redactAnswer('logs:FilterLogEvents', {
      events: [{ message: `a\u0000\u001b[31m${'x'.repeat(2_000_000)}`, timestamp: 1 }],
      nextToken: 't',
    }) as { events: { message: string }[] };
    expect(safe.events[0]?.message.length).toBe(maxLineLength - 2);
    expect(safe.events[0]?.message).toMatch(/^a\[31mx+…$/);
  });
});

test.each(
  'authorization proxy-authorization cookie set-cookie cookie2 x-amz-security-token x-api-key api_key apikey x-csrf-token refresh_token sessionToken passwd PASSWORD secret client_secret aws_secret_access_key secretKey private-key signature'.split(
    ' ',
  ),
)('%s is known as a secret in a header, a query and JSON', (name) => {
  const value = 'hunter22hunter22';
  for (const line of [`{${name}=${value}, Host=x}`, `${name}: ${value}`, `{"${name}":"${value}"}`, `"{\\"${name}\\":\\"${value}\\"}"`])
    expect(redactText(line), line).not.toContain(value);
});

describe('lines', () => {
  test('tab and line break stay, other control characters go', () => {
    expect(cutLine('a\tb\nc\rd\u0007e\u009bf')).toBe('a\tb\ncdef');
  });
  test('half a character is not kept', () => {
    expect(cutLine(`${'x'.repeat(maxLineLength - 2)}😀😀`)).toBe(`${'x'.repeat(maxLineLength - 2)}…`);
  });
  test('a line is never longer than it may be', () => {
    const short = property(string({ minLength: 3_500, maxLength: 6_000, unit: 'binary' }), (line) => cutLine(line).length <= maxLineLength);
    expect(() => assert(short, { numRuns: 50 })).not.toThrow();
  });
  test.each(secretPatterns.map((p) => [p.source, p.flags] as const))('%s takes linear time', (source, flags) => {
    expect(isLinear({ source, flags })).toBe(true);
  });
});
