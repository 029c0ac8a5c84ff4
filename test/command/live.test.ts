// `gatemedic diagnose --api …` on a broken sandbox account: the verdict, what it would do, what it says of everything it cannot reach, and
// that it reads and nothing else.
import { describe, expect, test } from 'vitest';
import { table } from '../../lib/aws/table.ts';
import type { CallError, CallName } from '../../lib/aws/calls.ts';
import type { Answer } from '../../lib/command/answer.ts';
import { declared } from '../../lib/command/declared.ts';
import { err } from '../../lib/model/result.ts';
import { runDiagnose } from './edges.ts';
import { liveShop } from './live.ts';

const minute = 60_000;
const denied = (call: CallName): CallError => ({
  kind: 'denied',
  call,
  name: 'AccessDeniedException',
  message: `not authorized to perform: ${call}`,
});

test('nothing it may call writes, or acts', () => {
  expect(declared().filter((name) => table[name].effect !== 'read')).toEqual([]);
  const verbs = declared()
    .flatMap((name) => table[name].iam)
    .filter((action) => /:(?:POST|PUT|PATCH|DELETE|Put|Create|Delete|Update|Invoke|Add|Remove|Start|Send|Publish)/.test(action));
  expect(verbs).toEqual([]);
  expect(declared()).not.toContain('probe:Tls');
});

describe.each([true, false])('logs %s', (logs) => {
  test('a lost permission is confirmed, with what an installation would do, by reads only', async () => {
    const shop = await liveShop('permission-removed-by-deploy', { logs });
    const { apiId, stage } = shop.broken.stage;
    const { code, out, err: said, progress } = await shop.run('--api', apiId, '--stage', stage);
    expect([code, said]).toEqual([0, '']);
    expect(out.split('\n')[0]).toBe('confirmed · lambda-permission-missing: API Gateway is not allowed to call the Lambda function');
    expect(out).toMatch(/REST API orders \(\w+\), stage prod, us-east-1: [\d,]+ of [\d,]+ requests failed/);
    expect(out).toContain('it fails now');
    expect(out).toContain('aws lambda add-permission');
    expect(out).toMatch(/• run re-add-invoke-permission/);
    expect(shop.made.filter((name) => table[name].effect !== 'read')).toEqual([]);
    expect(progress.some((line) => line.includes('lambda:GetPolicy'))).toBe(true);
  });
});

test('for machines: one line, the stage, the calls', async () => {
  const shop = await liveShop('slow-function', { logs: true });
  const { apiId, stage } = shop.broken.stage;
  const { code, out } = await shop.run('--api', apiId, '--stage', stage, '--json');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({
    id: `${apiId}/${stage}`,
    cause: 'lambda-timeout',
    certainty: 'confirmed',
    stage: { apiType: 'REST', apiId },
    failing: true,
    calm: false,
    calls: shop.made.length,
  });
});

describe('by its address', () => {
  test.each([
    ['its own host', (apiId: string) => `https://${apiId}.execute-api.us-east-1.amazonaws.com/prod/orders/1?x=1`],
    ['without a scheme', (apiId: string) => `${apiId}.execute-api.us-east-1.amazonaws.com/prod`],
    ['behind a VPC endpoint', (apiId: string) => `https://${apiId}-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com/prod/`],
    ['a custom domain: the longest mapping that the path begins with', () => 'https://api.example.com/shop/v1/orders'],
  ])('%s', async (_, url) => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: true });
    const { apiId, stage } = shop.broken.stage;
    const mappings = [
      { path: '', apiId: 'zzzzzzzzzz', stage: 'prod' },
      { path: 'shop/v1', apiId, stage },
      { path: 'shop/v10', apiId: 'zzzzzzzzzz', stage: 'prod' },
    ];
    shop.broken.shop.account.putDomain({ name: 'api.example.com', mappings });
    const { out, code } = await shop.run('--api-url', url(apiId), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ stage: { apiId, stage: 'prod' } });
  });
  test('an HTTP API without a stage in its path is its $default stage', async () => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: false });
    const http = shop.broken.shop.stages.find((s) => s.apiType === 'HTTP');
    const { out } = await shop.run('--api-url', `https://${http?.apiId}.execute-api.us-east-1.amazonaws.com/carts`, '--json');
    expect(JSON.parse(out)).toMatchObject({ stage: { apiType: 'HTTP', stage: '$default' } });
  });
  test('a host that is no domain of this account', async () => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: false });
    const { code, err: said } = await shop.run('--api-url', 'https://api.elsewhere.example.com/x');
    expect(code).toBe(2);
    expect(said).toMatch(/"api\.elsewhere\.example\.com" is no custom domain of API Gateway in us-east-1/);
  });
});

describe('what must be opted into', () => {
  test('a backend is only connected to when the person says so', async () => {
    const without = await liveShop('backend-certificate-expired', { logs: true });
    const { apiId, stage } = without.broken.stage;
    const first = await without.run('--api', apiId, '--stage', stage);
    expect(without.made).not.toContain('probe:Tls');
    expect(first.out).toContain('run this again with --probe <host>');
    const shop = await liveShop('backend-certificate-expired', { logs: true });
    const { out } = await shop.run('--api', apiId, '--stage', stage, '--probe', 'backend.example.com');
    expect(shop.made).toContain('probe:Tls');
    expect(out.split('\n')[0]).toMatch(/^confirmed · backend-tls-failure/);
  });
  test.each([
    ['--probe', 'https://x.example.com', /--probe holds "https:\/\/x\.example\.com"; give a host/],
    ['--test-method', 'orders', /--test-method holds "orders"; give a method and a path/],
  ])('%s %s', async (option, value, says) => {
    const { code, err: said } = await runDiagnose(['--api', 'a1b2c3d4e5', '--stage', 'prod', option, value]);
    expect([code, said]).toEqual([2, expect.stringMatching(says)]);
  });
});

test('trouble that makes no 5xx is told to whoever asks', async () => {
  const shop = await liveShop('domain-mapping-removed', { logs: true });
  const { apiId, stage } = shop.broken.stage;
  const { code, out } = await shop.run('--api', apiId, '--stage', stage);
  expect(out.split('\n')[0]).toMatch(/custom-domain/);
  expect(code).toBe(0);
});

test('a domain that leads nowhere is shown, though nothing proves that anybody calls by it', async () => {
  const shop = await liveShop('domain-mapping-removed', {
    logs: true,
    refuse: (name) => (name === 'cloudtrail:LookupEvents' ? denied(name) : undefined),
  });
  const { apiId, stage } = shop.broken.stage;
  const { code, out } = await shop.run('--api', apiId, '--stage', stage);
  expect([code, out.split('\n')[0]]).toEqual([0, 'no sign of trouble']);
  expect(out).toMatch(/\nworth a look\n  • \S+ has no mapping: it leads to no API\n/);
  expect(out).toContain('cloudtrail:LookupEvents');
});

describe('a burst that is over', () => {
  test('is still named within the span, and said to be over', async () => {
    const shop = await liveShop('crashing-release', { logs: true, mendedForMs: 25 * minute });
    const { apiId, stage } = shop.broken.stage;
    const { code, out } = await shop.run('--api', apiId, '--stage', stage, '--since', '1h');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/lambda-unhandled-error/);
    expect(out).toContain('the last failed before');
  });
  test('is no trouble outside of it: exit 0, and it says what it saw', async () => {
    const shop = await liveShop('crashing-release', { logs: false, mendedForMs: 45 * minute });
    const { apiId, stage } = shop.broken.stage;
    const { code, out } = await shop.run('--api', apiId, '--stage', stage, '--since', '20m');
    expect([code, out.split('\n')[0]]).toEqual([0, 'no sign of trouble']);
    expect(out).toMatch(/none of [\d,]+ requests failed since/);
  });
});

test('--save writes a case that --input reads back to the same answer', async () => {
  for (const breakage of ['permission-removed-by-deploy', 'malformed-response', 'slow-integration']) {
    const shop = await liveShop(breakage, { logs: true });
    const { apiId, stage } = shop.broken.stage;
    const live = await shop.run('--api', apiId, '--stage', stage, '--json', '--save', 'case.json');
    const [path = '', text = ''] = Object.entries(live.saved)[0] ?? [];
    expect([path, live.err]).toEqual(['case.json', expect.stringContaining('saved case.json')]);
    const again = await runDiagnose(['--input', 'case.json', '--json'], { files: { 'case.json': text } });
    const [first, second] = [live.out, again.out].map((out) => JSON.parse(out) as Answer);
    expect({ ...first, id: '' }).toMatchObject({ ...second, id: '' });
  }
});

describe('what could not be read', () => {
  test('denied: the page holds the very statement that would allow it', async () => {
    const shop = await liveShop('permission-removed-by-deploy', {
      logs: true,
      refuse: (name) => (name === 'lambda:GetPolicy' ? denied(name) : undefined),
    });
    const { apiId, stage } = shop.broken.stage;
    const { out } = await shop.run('--api', apiId, '--stage', stage);
    expect(out.split('\n')[0]).not.toMatch(/^confirmed/);
    const policy = /\{ "Version"[^]*?\n  \] \}/.exec(out)?.[0] ?? '{}';
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: ['lambda:GetPolicy'],
          Resource: [expect.stringMatching(/^arn:aws:lambda:us-east-1:111122223333:function:orders/)],
        },
      ],
    });
  });
  test('not turned on: the page holds the command that turns it on', async () => {
    const shop = await liveShop('malformed-response', { logs: false });
    const { apiId, stage } = shop.broken.stage;
    const { out } = await shop.run('--api', apiId, '--stage', stage);
    expect(out).toContain(`aws apigateway update-stage --rest-api-id ${apiId} --stage-name ${stage}`);
    expect(out).toContain('logging/loglevel');
  });
  test('everything denied but the API itself: exit 2', async () => {
    const open: readonly CallName[] = ['apigateway:GetRestApi', 'apigatewayv2:GetApi'];
    const shop = await liveShop('malformed-response', { logs: false, refuse: (name) => (open.includes(name) ? undefined : denied(name)) });
    const { apiId, stage } = shop.broken.stage;
    const { code, out } = await shop.run('--api', apiId, '--stage', stage);
    expect(code).toBe(2);
    expect(out).toContain('cloudwatch:GetMetricData');
    const actions = [...out.matchAll(/"Action":\[([^\]]*)\]/g)].map(([, list]) => list);
    expect(new Set(actions).size, 'one statement for each set of actions').toBe(actions.length);
  });
});

describe('no way in: one sentence, exit 2, no stack', () => {
  const error = (name: string, message: string, kind: CallError['kind'] = 'denied') =>
    err<CallError>({ kind, call: 'sts:GetCallerIdentity', name, message });
  test.each([
    [
      'no credentials',
      error('CredentialsProviderError', 'Could not load credentials from any providers'),
      /^gatemedic: no AWS credentials were found; set AWS_PROFILE/,
    ],
    [
      'expired',
      error('ExpiredTokenException', 'The security token included in the request is expired'),
      /credentials have expired; log in again/,
    ],
    [
      'unknown',
      error('InvalidClientTokenId', 'The security token included in the request is invalid.', 'denied'),
      /does not know these credentials/,
    ],
    ['unreachable', error('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:4566', 'down'), /AWS was not reached at .*check the network/],
  ] as const)('%s', async (_, accountId, says) => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: false, accountId });
    const { code, err: said, out } = await shop.run('--api', 'orders1000', '--stage', 'prod');
    expect([code, out]).toEqual([2, '']);
    expect(said).toMatch(says);
    expect(said.trim().split('\n')).toHaveLength(1);
  });
  test.each([
    [
      'no such API',
      ['--api', 'zzzzzzzz', '--stage', 'prod'],
      /there is no API "zzzzzzzz" in us-east-1 of account 111122223333; check the id, and the Region/,
    ],
    ['no such stage', ['--api', 'orders1000', '--stage', 'Prod'], /the REST API orders \(orders1000\) has no stage "Prod"; it has prod\n/],
  ] as const)('%s', async (_, args, says) => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: false });
    const { code, err: said } = await shop.run(...args);
    expect(code).toBe(2);
    expect(said).toMatch(says);
  });
  test('finding the API is denied: the sentence holds the statement', async () => {
    const shop = await liveShop('permission-removed-by-deploy', { logs: false, refuse: denied });
    const { code, err: said } = await shop.run('--api', 'orders1000', '--stage', 'prod');
    expect(code).toBe(2);
    expect(said).toContain('"Action":["apigateway:GET"]');
    expect(said).toContain('arn:aws:apigateway:us-east-1::/restapis/orders1000');
  });
});
